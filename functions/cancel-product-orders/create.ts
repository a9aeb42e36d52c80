import { createHash } from 'node:crypto';
import { InvalidRequest, NotFound, StateConflict } from '#shared/domain/errors.ts';
import { parseOrderNumber, randomCharacters } from '#shared/domain/order-number.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { cancellationsOf, isOver, keepCancellation } from '#shared/store/cancellations.ts';
import { loadOrder, type StoredOrder } from '#shared/store/orders.ts';
import type { Cancellation } from '#shared/store/records.ts';
import { type CancelRequest, cancelProductOrder, readCancel } from '#shared/tmf622/cancel.ts';
import { placedItems } from '#shared/tmf622/items.ts';
import { type Handle, type HttpResponse, httpHandler } from '../http.ts';
import { bodyHashOf, idempotencyKeyOf } from '../idempotency.ts';

const SUFFIX_LENGTH = 8;

/**
 * `POST /cancelProductOrder`: the request is kept and answered; it is carried out right after that. 201 with a new
 * task, 200 with the one that does the same already, or did under the same `Idempotency-Key`.
 * @throws NotFound when there is no such order; InvalidRequest for an item that it has not; StateConflict `OrderEnded`
 * when nothing is left to cancel, `IdempotencyKeyReused` when the key was used for another body
 */
export const create =
  (deps: Dependencies, newSuffix: () => string): Handle =>
  async (request) => {
    const now = deps.now();
    const asked = readCancel(request.body, now);
    const order = parseOrderNumber(asked.productOrder.id);
    const stored = order && (await loadOrder(deps.documents, order));
    if (!order || !stored) throw new NotFound('Product order', asked.productOrder.id.slice(0, 40));
    const items = itemsOf(asked, stored);
    const key = idempotencyKeyOf(request);
    const bodyHash = bodyHashOf(request.body);
    const suffix = key === undefined ? newSuffix() : suffixOf(request.caller.clientId, key);
    const cancellation = `${order}-${suffix}`;
    const earlier = await cancellationsOf(deps, order);
    const same = earlier.find((one) => one.cancellation === cancellation) ?? earlier.find(doesTheSame(items));
    if (!same && isTerminal(stored.header.state))
      throw new StateConflict(
        'OrderEnded',
        `Order ${order} is ${stored.header.state}: nothing is left to cancel`,
      );
    const kept = same
      ? { cancellation: same, isNew: false }
      : await keepCancellation(deps, {
          cancellation,
          order,
          bodyHash,
          requestedAt: now.toISOString(),
          by: request.caller.sub,
          ...(asked.cancellationReason !== undefined && { reason: asked.cancellationReason }),
          ...(asked.requestedCancellationDate !== undefined && {
            requestedDate: asked.requestedCancellationDate,
          }),
          ...(items && { items: [...items] }),
        });
    if (kept.cancellation.cancellation === cancellation && kept.cancellation.bodyHash !== bodyHash)
      throw new StateConflict('IdempotencyKeyReused', 'This Idempotency-Key was used for another request');
    return answer(kept.cancellation, kept.isNew ? 201 : 200);
  };

/** @throws InvalidRequest naming each item that the order has not */
function itemsOf(
  { productOrderItem }: CancelRequest,
  { document }: StoredOrder,
): readonly string[] | undefined {
  if (!productOrderItem) return undefined;
  const known = new Set(placedItems(document).map(({ item }) => item.id));
  const problems = productOrderItem.flatMap(({ id }, index) =>
    known.has(id)
      ? []
      : [{ pointer: `/productOrderItem/${index}/id`, message: 'No item of this order has this id' }],
  );
  if (problems.length > 0) throw new InvalidRequest(problems);
  return [...new Set(productOrderItem.map(({ id }) => id))].sort();
}

/** Whether a request that is not refused cancels the same, or everything. */
const doesTheSame =
  (items: readonly string[] | undefined) =>
  (request: Cancellation): boolean =>
    request.taskState === 'done' || !isOver(request)
      ? request.items === undefined || (items?.every((item) => request.items?.includes(item)) ?? false)
      : false;

/** The same for the same key of the same client. */
const suffixOf = (client: string, key: string): string =>
  createHash('sha256').update(`${client}\n${key}`).digest('hex').slice(0, SUFFIX_LENGTH).toUpperCase();

function answer(cancellation: Cancellation, status: 200 | 201): HttpResponse {
  const body = cancelProductOrder(cancellation);
  return { status, headers: { location: body.href }, body };
}

export const handler = httpHandler({
  errors: 'tmf622',
  handle: create(defaultDependencies(), () => randomCharacters(SUFFIX_LENGTH)),
});
