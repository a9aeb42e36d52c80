import * as z from 'zod';
import { defineTask, fallout } from './task.ts';

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
