import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deprovision = defineUndo({
  name: 'voip.deprovision',
  title: 'Remove the voice account',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  desk: 'ACTIVATION_FALLOUT',
});

export const provision = defineTask({
  name: 'voip.provision',
  title: 'Provision voice',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  input: z.object({ number: z.string(), lineId: z.string(), features: z.array(z.string()).default([]) }),
  output: z.object({ sipUri: z.string(), credentialsRef: z.string() }),
  rejections: {
    NUMBER_IN_USE: fallout('VOICE_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'VOICE_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deprovision,
});
