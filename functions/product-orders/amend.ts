import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { loadOrder, loadProgress } from '#shared/store/orders.ts';
import { asOf, productOrder } from '#shared/tmf622/resource.ts';
import { amendOrder } from '../amendment/amend-order.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `PATCH /productOrder/{id}`: a JSON merge patch (RFC 7396) of an order that is under way. Answers the order as it is then. */
export const amend =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, body, caller }) => {
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    await amendOrder(deps, order, body, caller.sub);
    const [stored, progress] = await Promise.all([
      loadOrder(deps.documents, order),
      loadProgress(deps.documents, order),
    ]);
    if (!stored) throw new NotFound('Product order', order);
    return { status: 200, body: productOrder(asOf(stored.header, deps.now()), stored.document, progress) };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: amend(defaultDependencies()) });
