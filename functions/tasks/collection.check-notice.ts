import { LIMITS } from '#shared/domain/collection.ts';
import { BusinessRejection } from '#shared/domain/errors.ts';
import { checkNotice } from '#shared/tasks/collection.ts';
import { milepostTask } from '../task-handler.ts';

const DAY = 24 * 3600 * 1000;

/** A claim goes to an agency only when the notice of that has had its days. */
export const handler = milepostTask(checkNotice, async ({ input: { noticeSentAt } }, { now }) => {
  const allowedFrom = Date.parse(noticeSentAt) + LIMITS.daysAfterNotice * DAY;
  if (now().getTime() < allowedFrom)
    throw new BusinessRejection(
      'NOTICE_TOO_RECENT',
      `Notice was given at ${noticeSentAt}: the claim can go to an agency from ${new Date(allowedFrom).toISOString()} on`,
    );
  return {};
});
