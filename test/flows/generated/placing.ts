import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { vi } from 'vitest';
import { findOffering } from '#shared/catalogue/offerings.ts';
import { insertOrder } from '#shared/store/orders.ts';
import { TABLES } from '#shared/store/tables.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import type { Stage } from '#test/support/stage.ts';

/**
 * Places an order: through the API, as channels do; or, when it is for something that channels cannot order, as the
 * product itself does when something has happened.
 * @returns its number
 */
export async function place(
  { api, platform }: Stage,
  order: Readonly<Record<string, unknown>>,
  offerings: readonly (string | undefined)[],
): Promise<string> {
  const isOrderable = offerings.every((id) => id === undefined || findOffering(id)?.orderable !== false);
  if (isOrderable) return (await api.submit(order)).id;
  const { cloud } = platform;
  const { resources } = await cloud.resources();
  const table = resources.find(
    ({ type, name }) => /DynamoDB/.test(type) && /orders/i.test(name) && !/suborders/i.test(name),
  );
  vi.stubEnv(TABLES.orders.environment, table?.name);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig));
  const now = new Date(await cloud.now()).toISOString();
  return (await insertOrder(documents, readOrder(order, now), { by: 'milepost' })).order;
}
