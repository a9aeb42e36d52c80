import { createHash } from 'node:crypto';
import { BusinessRejection, InvalidRequest } from '#shared/domain/errors.ts';
import { insertOrder } from '#shared/store/orders.ts';
import { startFlow } from '#shared/tasks/order.ts';
import type { OrderDocument } from '#shared/tmf622/document.ts';
import { type FollowOn, followOnOrder } from '#shared/tmf622/follow-on.ts';
import { milepostTask } from '../task-handler.ts';

/** Accepts a follow-on order as if it had been submitted; the step's key makes a repeated call find the same order. */
export const handler = milepostTask(
  startFlow,
  async ({ event, input, idempotencyKey }, { documents, now }) => {
    const { noticeSentAt, reason, ...followOn } = input;
    if (followOn.ends?.length === 0) return {};
    const document = accepted({ ...followOn, characteristics: { noticeSentAt, reason } }, event.order, now());
    const { order } = await insertOrder(
      documents,
      document,
      { by: `${event.order}-${event.suborder}`, newContract: false },
      {
        client: 'milepost',
        key: idempotencyKey,
        bodyHash: createHash('sha256').update(idempotencyKey).digest('hex'),
      },
    );
    return { childOrderId: order };
  },
);

/** @throws BusinessRejection `REFUSED` when what is known of the suborder makes no order */
function accepted(followOn: FollowOn, because: string, now: Date): OrderDocument {
  try {
    return followOnOrder(followOn, because, now.toISOString());
  } catch (error) {
    throw error instanceof InvalidRequest ? new BusinessRejection('REFUSED', error.message) : error;
  }
}
