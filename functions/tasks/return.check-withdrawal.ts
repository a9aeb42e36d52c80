import { instantOf } from '#shared/domain/calendar.ts';
import { BusinessRejection } from '#shared/domain/errors.ts';
import { purchaseWithdrawalEnds } from '#shared/domain/withdrawal.ts';
import { checkWithdrawal } from '#shared/tasks/returns.ts';
import { milepostTask } from '../task-handler.ts';

/** What counts is when the customer said so, not when the hardware comes back. */
export const handler = milepostTask(checkWithdrawal, async ({ input: { deliveredAt, orderDate } }) => {
  const delivered = deliveredAt === undefined ? undefined : instantOf(deliveredAt);
  if (!delivered) return {};
  const ends = purchaseWithdrawalEnds(delivered);
  if (Date.parse(orderDate) > ends.getTime())
    throw new BusinessRejection(
      'PERIOD_OVER',
      `Delivered at ${deliveredAt}: withdrawal was possible until ${ends.toISOString()}`,
    );
  return {};
});
