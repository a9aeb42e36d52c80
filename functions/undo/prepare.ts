import * as z from 'zod';
import { type FixedInputs, prepareUndo } from '#shared/steps/cancel-suborder.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

const fixedInputs: FixedInputs = (flow, step) =>
  flowNamed(flow)?.steps.find(({ id }) => id === step)?.with ?? {};

export const handler = taskHandler(
  z.object({ order: z.string(), suborder: z.string() }),
  ({ order, suborder }) => prepareUndo(dependencies, order, suborder, fixedInputs),
);
