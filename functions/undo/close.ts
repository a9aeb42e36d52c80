import * as z from 'zod';
import { endCancelled, endEarly } from '#shared/steps/cancel-suborder.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

export const handler = taskHandler(
  z.object({ order: z.string(), suborder: z.string(), early: z.literal(true).optional() }),
  ({ order, suborder, early }) =>
    early ? endEarly(dependencies, order, suborder) : endCancelled(dependencies, order, suborder),
);
