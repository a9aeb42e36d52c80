import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '#shared/store/client.ts';
import { findOrders, loadOrders } from '#shared/store/order-list.ts';
import { loadProgress, type StoredOrder } from '#shared/store/orders.ts';
import { LIST_BOUND, type ListQuery, readListQuery } from '#shared/tmf622/list-query.ts';
import {
  asOf,
  BASE_PATH,
  type ProductOrderResource,
  productOrder,
  withFields,
} from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';
import { pageHeaders } from '../paging.ts';

/** A response of Lambda has at most 6 MB; a page that would be larger ends earlier. */
const LARGEST_PAGE = 5_000_000;

const FROM_SUBORDERS = ['state', 'productOrderItem', 'productOrderMilestone'];

export interface ListDependencies {
  readonly client: DynamoDBDocumentClient;
  readonly now: () => Date;
}

/**
 * `GET /productOrder`: a page of the orders that match, newest first, with `X-Total-Count`, `X-Result-Count` and
 * `Link`. Reads: one index query per filter value, the page's documents in batches, and the suborders of each order
 * on the page; no more of them when there are more orders.
 */
export const listProductOrders =
  (deps: ListDependencies): Handle =>
  async ({ query }) => {
    const { client } = deps;
    const list = readListQuery(query);
    const found = await findOrders(client, list);
    const stored = await loadOrders(client, found.orders);
    const resources = await Promise.all(stored.map((order) => resourceOf(deps, order, list)));
    const page = firstThatFit(resources);
    return {
      status: 200,
      headers: pageHeaders(`${BASE_PATH}/productOrder`, query, {
        ...list,
        results: page.length,
        total: found.total,
        bound: LIST_BOUND,
      }),
      body: page,
    };
  };

async function resourceOf(
  { client, now }: ListDependencies,
  { header, document }: StoredOrder,
  { fields }: ListQuery,
): Promise<ProductOrderResource> {
  const needed = !fields || FROM_SUBORDERS.some((field) => fields.has(field));
  const progress = needed ? await loadProgress(client, header.order) : [];
  return withFields(productOrder(asOf(header, now()), document, progress), fields);
}

function firstThatFit(resources: readonly ProductOrderResource[]): readonly ProductOrderResource[] {
  let size = 0;
  const end = resources.findIndex((resource, index) => {
    size += Buffer.byteLength(JSON.stringify(resource));
    return index > 0 && size > LARGEST_PAGE;
  });
  return end < 0 ? resources : resources.slice(0, end);
}

export const handler = httpHandler({
  errors: 'tmf622',
  handle: listProductOrders({ client: documentClient(), now: () => new Date() }),
});
