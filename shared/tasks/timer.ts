import * as z from 'zod';
import { defineTask } from './task.ts';

export const until = defineTask({
  name: 'timer.until',
  title: 'Wait until the date',
  kind: 'timer',
  lane: 'management',
  input: z.object({ dueAt: z.string().optional() }),
  output: z.object({}),
  rejections: {},
  falloutDesk: 'ORDER_DESK',
  expected: 'P1D',
  timeLimit: 'P180D',
  undo: 'none',
});
