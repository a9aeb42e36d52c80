import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { cancellationsOf, listCancellations } from '#shared/store/cancellations.ts';
import { cancelProductOrder } from '#shared/tmf622/cancel.ts';
import { type CancellationQuery, readCancellationQuery } from '#shared/tmf622/list-query.ts';
import { withFields } from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `GET /cancelProductOrder`: those of an order (`productOrder.id`) or all, the newest first. */
export const list =
  (deps: Pick<Dependencies, 'documents'>): Handle =>
  async ({ query }) => {
    const asked = readCancellationQuery(query);
    const { page, total } = asked.order ? await ofOrder(deps, asked) : await listCancellations(deps, asked);
    return {
      status: 200,
      headers: { 'x-total-count': String(total), 'x-result-count': String(page.length) },
      body: page.map((request) => withFields(cancelProductOrder(request), asked.fields)),
    };
  };

async function ofOrder(
  deps: Pick<Dependencies, 'documents'>,
  { order, states, offset, limit }: CancellationQuery,
) {
  const found = order === undefined || order === 'unknown' ? [] : await cancellationsOf(deps, order);
  const matching = found.filter(({ taskState }) => states?.includes(taskState) ?? true);
  return { page: matching.slice(offset, offset + limit), total: matching.length };
}

export const handler = httpHandler({ errors: 'tmf622', handle: list(defaultDependencies()) });
