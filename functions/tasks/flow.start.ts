import { createHash } from 'node:crypto';
import { insertOrder } from '#shared/store/orders.ts';
import { startFlow } from '#shared/tasks/order.ts';
import { followOnOrder } from '#shared/tmf622/follow-on.ts';
import { milepostTask } from '../task-handler.ts';

/** Accepts a follow-on order as if it had been submitted; the step's key makes a repeated call find the same order. */
export const handler = milepostTask(
  startFlow,
  async ({ event, input, idempotencyKey }, { documents, now }) => {
    const { noticeSentAt, reason, ...followOn } = input;
    if (followOn.ends?.length === 0) return {};
    const document = followOnOrder(
      { ...followOn, characteristics: { noticeSentAt, reason } },
      event.order,
      now().toISOString(),
    );
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
