import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { newOrderNumber, type OrderNumber } from '#shared/domain/order-number.ts';
import { documentClient } from '#shared/store/client.ts';
import { type AcceptedOrder, findEarlier, insertOrder } from '#shared/store/orders.ts';
import type { OrderDocument } from '#shared/tmf622/document.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import { acknowledgement } from '#shared/tmf622/resource.ts';
import { type Handle, type HttpResponse, httpHandler } from '../http.ts';
import { idempotencyOf } from '../idempotency.ts';
import { checkOrder, type Outlook } from './check.ts';

export interface CreateDependencies {
  readonly client: DynamoDBDocumentClient;
  /** Asks catalogue and plan; throws what stands against carrying the order out. */
  readonly checkOrder: (document: OrderDocument) => Outlook;
  readonly now: () => Date;
  readonly newNumber: () => OrderNumber;
}

/**
 * `POST /productOrder`:
 * 1. the body is checked against the standard, and its items against each other;
 * 2. a request that came before under the same `Idempotency-Key` is answered as it was then;
 * 3. the catalogue and the plan are asked whether the order can be carried out;
 * 4. order and idempotency record are written in one transaction; nothing is started;
 * 5. 201 with the order in state `acknowledged`, its address in `Location`.
 */
export const createProductOrder =
  ({ client, checkOrder: check, now, newNumber }: CreateDependencies): Handle =>
  async (request) => {
    const document = readOrder(request.body, now().toISOString());
    const idempotency = idempotencyOf(request);
    const earlier = idempotency && (await findEarlier(client, idempotency, document.orderDate));
    if (earlier) return created(earlier);
    return created(
      await insertOrder(
        client,
        document,
        { ...check(document), by: request.caller.sub },
        idempotency,
        newNumber,
      ),
    );
  };

function created({ order, document }: AcceptedOrder): HttpResponse {
  const body = acknowledgement(order, document);
  return { status: 201, headers: { location: body.href }, body };
}

export const handler = httpHandler({
  errors: 'tmf622',
  handle: createProductOrder({
    client: documentClient(),
    checkOrder,
    now: () => new Date(),
    newNumber: newOrderNumber,
  }),
});
