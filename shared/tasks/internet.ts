import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deprovision = defineUndo({
  name: 'internet.deprovision',
  title: 'Remove the internet account',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  desk: 'ACTIVATION_FALLOUT',
});

export const provision = defineTask({
  name: 'internet.provision',
  title: 'Provision internet',
  kind: 'system',
  lane: 'commissioning',
  system: 'aaa',
  input: z.object({ lineId: z.string(), profile: z.string(), ip: z.string() }),
  output: z.object({ username: z.string() }),
  rejections: {
    DUPLICATE_LINE: fallout('ACTIVATION_FALLOUT'),
    PROFILE_INVALID: fallout('NETWORK_ENGINEERING'),
  },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deprovision,
});
