import * as z from 'zod';
import { BusinessRejection } from '#shared/domain/errors.ts';
import { latestBulkChange } from '#shared/domain/porting.ts';
import { callUnderlyingSystem, runStep, type StepContext, stepEventSchema } from '#shared/steps/run-step.ts';
import { undoEventSchema, undoStep } from '#shared/steps/undo-step.ts';
import { change } from '#shared/tasks/porting.ts';
import { systemDependencies } from '../connector.ts';
import { taskHandler } from '../task-handler.ts';

const tellClearingHouse = callUnderlyingSystem(change, systemDependencies);

/**
 * Changes the routing as long as all numbers still fit into the service window. What may have been changed before is asked
 * for again whenever that is: the clearing house answers what it did.
 */
async function changeInWindow(context: StepContext<typeof change>) {
  const { windowStart, ...body } = context.input;
  if (!context.mayBeDone) assertInTime(new Date(windowStart), body.numbers.length);
  return tellClearingHouse(context, { body });
}

/** @throws BusinessRejection `WINDOW_OVER` */
function assertInTime(windowStart: Date, numbers: number): void {
  const latest = latestBulkChange(windowStart, numbers);
  const now = systemDependencies.now();
  if (latest && now >= windowStart && now <= latest) return;
  throw new BusinessRejection(
    'WINDOW_OVER',
    `The service window of ${windowStart.toISOString()} is over, or too short by now for ${numbers} numbers`,
  );
}

export const handler = taskHandler(z.union([undoEventSchema, stepEventSchema]), async (event) =>
  'undo' in event
    ? undoStep(change, systemDependencies, event)
    : runStep(change, changeInWindow, systemDependencies, event),
);
