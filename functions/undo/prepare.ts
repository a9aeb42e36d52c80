import * as z from 'zod';
import { type AffectedSteps, prepareRedo } from '#shared/amendment/redo.ts';
import { type FixedInputs, prepareUndo } from '#shared/steps/cancel-suborder.ts';
import { affectedSteps } from '#state-machines/amendment/affected.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

const fixedInputs: FixedInputs = (flow, id) => {
  const step = flowNamed(flow)?.steps.find((one) => one.id === id);
  return { ...step?.with, ...step?.undoWith };
};

const affectedBy: AffectedSteps = ({ flow: id, flags, amends }, records) => {
  const flow = flowNamed(id);
  if (!flow || !amends) throw new Error(`${id} cannot be changed`);
  const { changed, again = [], flags: after } = amends;
  return affectedSteps(flow, { changed, again, before: flags, after }, records);
};

export const handler = taskHandler(
  z.object({ order: z.string(), suborder: z.string() }),
  async ({ order, suborder }) =>
    (await prepareRedo(dependencies, order, suborder, affectedBy, fixedInputs)) ??
    prepareUndo(dependencies, order, suborder, fixedInputs),
);
