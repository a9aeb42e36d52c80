import { createHash } from 'node:crypto';
import type { OrderNumber } from '#shared/domain/order-number.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { keepEvent, markSettled, readEvent } from '#shared/store/inbox.ts';
import { insertOrder } from '#shared/store/orders.ts';
import { followOnOrder } from '#shared/tmf622/follow-on.ts';
import type { CloudEvent } from './cloud-event.ts';
import { dataOf, inboxEvent } from './receive.ts';
import type { Trigger } from './triggers.ts';

/** What became of an event that begins something. */
export interface Placed {
  readonly status: 'applied' | 'duplicate';
  /** The order that was placed; absent for a duplicate. */
  readonly order?: OrderNumber;
}

/** First part of the correlation key of such events: no step waits under it. */
const TOPIC = 'order';

/**
 * Places the order that follows from an event: (1) check its data; (2) keep it; (3) place the order under the event's
 * source and id, so that it is the same order however often the event is delivered; (4) note that it is settled. A
 * duplicate of an event that is not settled goes on where its first delivery broke off.
 * @throws InvalidRequest naming each wrong field of the data
 */
export async function placeOrder(deps: Dependencies, trigger: Trigger, event: CloudEvent): Promise<Placed> {
  const data = dataOf(trigger, event);
  const now = deps.now();
  const kept = inboxEvent(TOPIC, event, data, now);
  const isNew = await keepEvent(deps, kept);
  if (!isNew && (await readEvent(deps, kept))?.status !== 'pending') return { status: 'duplicate' };
  const { id, source } = event;
  const key = `${source}\n${id}`;
  const { order } = await insertOrder(
    deps.documents,
    followOnOrder(trigger.order(data), id, now.toISOString()),
    { by: source },
    { client: 'milepost-events', key, bodyHash: createHash('sha256').update(key).digest('hex') },
  );
  await markSettled(deps, kept, 'applied');
  return { status: 'applied', order };
}
