import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { documentClient } from '#shared/store/client.ts';
import { loadOrder, loadProgress } from '#shared/store/orders.ts';
import { readFieldsQuery } from '#shared/tmf622/list-query.ts';
import { asOf, productOrder, withFields } from '#shared/tmf622/resource.ts';
import { type Handle, httpHandler } from '../http.ts';

export interface GetDependencies {
  readonly client: DynamoDBDocumentClient;
  readonly now: () => Date;
}

/** `GET /productOrder/{id}`: the order with the states of its items, in two reads. The number may be written as on paper. */
export const getProductOrder =
  ({ client, now }: GetDependencies): Handle =>
  async ({ path: { id = '' }, query }) => {
    const fields = readFieldsQuery(query);
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    const [stored, progress] = await Promise.all([loadOrder(client, order), loadProgress(client, order)]);
    if (!stored) throw new NotFound('Product order', order);
    return {
      status: 200,
      body: withFields(productOrder(asOf(stored.header, now()), stored.document, progress), fields),
    };
  };

export const handler = httpHandler({
  errors: 'tmf622',
  handle: getProductOrder({ client: documentClient(), now: () => new Date() }),
});
