import * as z from 'zod';
import { BARRING_PROFILES } from '#shared/domain/barring.ts';
import { defineTask, fallout, undoneBy } from './task.ts';

export const test = defineTask({
  name: 'service.test',
  title: 'Test the service',
  kind: 'system',
  lane: 'commissioning',
  system: 'assurance',
  input: z.object({ suborder: z.string(), testSet: z.string() }),
  output: z.object({ testReport: z.string() }),
  rejections: {
    TEST_FAILED: fallout('ACTIVATION_FALLOUT'),
  },
  retry: 'poll',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT5M',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const bar = defineTask({
  name: 'service.bar',
  title: 'Bar the service',
  kind: 'system',
  lane: 'commissioning',
  system: 'activation',
  input: z.object({
    /** An installed product, or an account: then all that it pays for. */
    serviceId: z.string(),
    barringProfile: z.enum(BARRING_PROFILES),
    emergencyCalls: z.literal('open').default('open'),
  }),
  output: z.object({ previousBarring: z.string() }),
  rejections: { UNKNOWN_SERVICE: fallout('ACTIVATION_FALLOUT') },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: undoneBy('service.unbar'),
});

export const unbar = defineTask({
  name: 'service.unbar',
  title: 'Open the service',
  kind: 'system',
  lane: 'commissioning',
  system: 'activation',
  input: z.object({ serviceId: z.string() }),
  /** What was lifted. */
  output: z.object({ barringProfile: z.enum(BARRING_PROFILES).optional() }),
  rejections: { UNKNOWN_SERVICE: fallout('ACTIVATION_FALLOUT') },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: undoneBy('service.bar'),
});
