import { BusinessRejection } from '#shared/domain/errors.ts';
import { BULK_CHANGE, latestBulkChange } from '#shared/domain/porting.ts';
import { checkWindow } from '#shared/tasks/porting.ts';
import { milepostTask } from '../task-handler.ts';

const HOUR = 3600 * 1000;

/** A service window that was agreed has the notice that the clearing house wants, and is long enough for the numbers. */
export const handler = milepostTask(checkWindow, async ({ input: { numbers, windowStart } }, { now }) => {
  const earliest = new Date(now().getTime() + BULK_CHANGE.noticeDays * 24 * HOUR);
  const start = windowStart === undefined ? undefined : new Date(windowStart);
  if (start === undefined || start < earliest)
    throw new BusinessRejection(
      'WINDOW_TOO_SOON',
      `The window can begin from ${earliest.toISOString()} on: the clearing house wants ${BULK_CHANGE.noticeDays} days' notice`,
    );
  if (!latestBulkChange(start, numbers.length))
    throw new BusinessRejection(
      'WINDOW_TOO_SHORT',
      `${numbers.length} numbers at ${BULK_CHANGE.perHour} an hour do not fit into a window that begins at ${start.toISOString()}`,
    );
  return {};
});
