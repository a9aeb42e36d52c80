import * as z from 'zod';
import { prepareUndo } from '#shared/steps/cancel-suborder.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

export const handler = taskHandler(
  z.object({ order: z.string(), suborder: z.string() }),
  ({ order, suborder }) => prepareUndo(dependencies, order, suborder),
);
