import * as z from 'zod';
import { redo } from '#shared/amendment/redo.ts';
import { endCancelled, endEarly } from '#shared/steps/cancel-suborder.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

export const handler = taskHandler(
  z.object({ order: z.string(), suborder: z.string(), early: z.literal(true).optional() }),
  async ({ order, suborder, early }) =>
    early
      ? endEarly(dependencies, order, suborder)
      : ((await redo(dependencies, order, suborder)) ?? endCancelled(dependencies, order, suborder)),
);
