import * as z from 'zod';
import { defineTask, fallout, undoneBy } from './task.ts';

export const deregister = defineTask({
  name: 'emergency.deregister',
  title: 'Remove the emergency location',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-registry',
  input: z.object({ number: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('emergency.register'),
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
