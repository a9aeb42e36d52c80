import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { readCancellation } from '#shared/store/cancellations.ts';
import { cancelProductOrder } from '#shared/tmf622/cancel.ts';
import { readFieldsQuery } from '#shared/tmf622/list-query.ts';
import { withFields } from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `GET /cancelProductOrder/{id}`, in one read: the id begins with the number of the order. */
export const get =
  (deps: Pick<Dependencies, 'documents'>): Handle =>
  async ({ path: { id = '' }, query }) => {
    const fields = readFieldsQuery(query);
    const order = parseOrderNumber(id.slice(0, id.lastIndexOf('-')));
    const found = order && (await readCancellation(deps, order, id));
    if (!found) throw new NotFound('Cancellation', id.slice(0, 40));
    return { status: 200, body: withFields(cancelProductOrder(found), fields) };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: get(defaultDependencies()) });
