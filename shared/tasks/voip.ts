import * as z from 'zod';
import { defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const deprovision = defineTask({
  name: 'voip.deprovision',
  title: 'Remove the voice account',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  input: z.object({ sipUri: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('voip.provision'),
});

export const provision = defineTask({
  name: 'voip.provision',
  title: 'Provision voice',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  input: z.object({
    number: z.string(),
    lineId: z.string(),
    features: z.array(z.string()).default([]),
    state: z.enum(['prepared', 'live']).optional(),
  }),
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

export const revert = defineUndo({
  name: 'voip.modify-revert',
  title: 'Restore the voice account',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  desk: 'ACTIVATION_FALLOUT',
});

export const modify = defineTask({
  name: 'voip.modify',
  title: 'Change the voice account',
  kind: 'system',
  lane: 'commissioning',
  system: 'ims',
  input: z.object({
    sipUri: z.string(),
    /** `prepared`: set up, but not in use before its number is ported. */
    state: z.enum(['prepared', 'live']).optional(),
    number: z.string().optional(),
    features: z.array(z.string()).optional(),
  }),
  output: z.object({ previousProfile: z.string() }),
  rejections: { FEATURE_CONFLICT: fallout('VOICE_OPS') },
  retry: 'standard',
  falloutDesk: 'VOICE_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: revert,
});
