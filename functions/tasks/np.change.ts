import { BusinessRejection } from '#shared/domain/errors.ts';
import { latestBulkChange } from '#shared/domain/porting.ts';
import { callUnderlyingSystem, runStep, type StepContext } from '#shared/steps/run-step.ts';
import { change } from '#shared/tasks/porting.ts';
import { systemDependencies, undoable } from '../connector.ts';

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

export const handler = undoable(change, (event) =>
  runStep(change, changeInWindow, systemDependencies, event),
);
