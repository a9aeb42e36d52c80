import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deregister = defineUndo({
  name: 'emergency.deregister',
  title: 'Remove the emergency location',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-registry',
  desk: 'ACTIVATION_FALLOUT',
});

export const register = defineTask({
  name: 'emergency.register',
  title: 'Register the emergency location',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-registry',
  input: z.object({ number: z.string(), addressId: z.string() }),
  output: z.object({}),
  rejections: {
    ADDRESS_INVALID: fallout('VOICE_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'VOICE_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deregister,
});
