import * as z from 'zod';
import { cancelItem, defineTask } from './task.ts';

/** Somebody decides; a flow that has another desk decide says so. */
export const review = defineTask({
  name: 'manual.review',
  title: 'Review and decide',
  kind: 'manual',
  lane: 'management',
  desk: 'ORDER_DESK',
  input: z.object({
    reason: z.string(),
    /** Why the flow went back, if it did: such as that what was decided before could not be done. */
    rejectedBecause: z.string().optional(),
  }),
  output: z.object({
    decision: z.enum(['APPROVE', 'CORRECT']),
    corrections: z.record(z.string(), z.unknown()).optional(),
    note: z.string().max(2000).optional(),
    /** When what was decided is to happen. */
    windowStart: z.iso.datetime({ offset: true }).optional(),
  }),
  rejections: { DECLINED: cancelItem() },
  expected: 'PT4H',
  timeLimit: 'P2D',
  undo: 'none',
});
