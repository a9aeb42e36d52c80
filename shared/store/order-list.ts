import { BatchGetCommand, type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { InvalidRequest, TechnicalError } from '#shared/domain/errors.ts';
import type { OrderNumber } from '#shared/domain/order-number.ts';
import { isWithin, LIST_BOUND, type ListQuery, type Period } from '#shared/tmf622/list-query.ts';
import { tableName } from './client.ts';
import { documentKey, headerKey, parseHeader, type StoredOrder, storedOrder } from './orders.ts';
import { TABLES } from './tables.ts';

/** DynamoDB's most keys per batch, and how many of them are orders with a document each (16 MB). */
const BATCH_KEYS = 100;
const BATCH_ORDERS = 40;
const BATCH_ATTEMPTS = 8;

/** A page of a list: which orders, and how many there are in all (at most `LIST_BOUND` are counted). */
export interface OrderPage {
  readonly orders: readonly OrderNumber[];
  readonly total: number;
}

interface Entry {
  readonly order: OrderNumber;
  readonly listKey: string;
}

const entrySchema = z.object({ order: z.string(), listKey: z.string() });

/**
 * Finds the orders of a list. One index is asked, once for each value of the filter that it serves; it answers with
 * at most `LIST_BOUND` keys, however many orders exist. Filters that the index does not serve are checked on the
 * headers of these.
 * @throws InvalidRequest when such filters would have to be checked on more orders than that
 */
export async function findOrders(client: DynamoDBDocumentClient, query: ListQuery): Promise<OrderPage> {
  const found = query.ids && !query.parties ? await byIds(client, query.ids) : await byIndex(client, query);
  const entries = found
    .filter(({ listKey }) => isInListPeriod(listKey, query.orderDate))
    .sort((a, b) => (query.newestFirst ? -1 : 1) * (a.listKey < b.listKey ? -1 : 1));
  const matching = await checkRest(client, query, entries);
  return {
    orders: matching.slice(query.offset, query.offset + query.limit).map(({ order }) => order),
    total: Math.min(matching.length, LIST_BOUND),
  };
}

/** Header and document of these orders, in this order; one that has vanished is left out. */
export async function loadOrders(
  client: DynamoDBDocumentClient,
  orders: readonly OrderNumber[],
): Promise<StoredOrder[]> {
  const records = await batchGet(
    client,
    orders.flatMap((order) => [headerKey(order), documentKey(order)]),
    2 * BATCH_ORDERS,
  );
  const byPartition = Map.groupBy(records, ({ pk }) => pk);
  return orders.flatMap((order) => storedOrder(byPartition.get(headerKey(order).pk) ?? []) ?? []);
}

type Index = keyof typeof TABLES.orders.indexes;

interface Source {
  readonly index: Index;
  readonly values: readonly string[];
}

/** The index that leaves the least to check: a party or external id has few orders, a state has many. */
function sourceOf({ parties, externalIds, states }: ListQuery): Source {
  if (parties) return { index: 'byParty', values: parties };
  if (externalIds) return { index: 'byExternalId', values: externalIds };
  if (states) return { index: 'byState', values: states };
  return { index: 'byDate', values: ['orders'] };
}

async function byIndex(client: DynamoDBDocumentClient, query: ListQuery): Promise<Entry[]> {
  const { index, values } = sourceOf(query);
  const found = await Promise.all(values.map((value) => queryIndex(client, index, value, query)));
  return [...new Map(found.flat().map((entry) => [entry.order, entry])).values()];
}

async function queryIndex(
  client: DynamoDBDocumentClient,
  index: Index,
  value: string,
  { orderDate, newestFirst }: ListQuery,
): Promise<Entry[]> {
  const { from, to } = listKeys(orderDate);
  if (from > to) return [];
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName('orders'),
      IndexName: index,
      KeyConditionExpression: '#partition = :value AND listKey BETWEEN :from AND :to',
      ProjectionExpression: '#order, listKey',
      ExpressionAttributeNames: {
        '#partition': TABLES.orders.indexes[index].partitionKey,
        '#order': 'order',
      },
      ExpressionAttributeValues: { ':value': value, ':from': from, ':to': to },
      ScanIndexForward: !newestFirst,
      Limit: LIST_BOUND + 1,
    }),
  );
  return Items.map((item) => entrySchema.parse(item));
}

/** A character after all those of order numbers, so that `date#~` follows every order of that instant. */
const LAST = '~';

/** The list keys (`instant#order`) between which a period lies. */
const listKeys = ({ from, to }: Period): { from: string; to: string } => ({
  from: from ? `${from.instant}${from.inclusive ? '' : `#${LAST}`}` : '0',
  to: to ? `${to.instant}${to.inclusive ? `#${LAST}` : ''}` : LAST,
});

function isInListPeriod(listKey: string, period: Period): boolean {
  const { from, to } = listKeys(period);
  return listKey >= from && listKey <= to;
}

async function byIds(client: DynamoDBDocumentClient, ids: readonly OrderNumber[]): Promise<Entry[]> {
  const headers = await loadHeaders(client, ids);
  return headers.map(({ order, listKey }) => ({ order, listKey }));
}

/** The orders that pass the filters which their source has not looked at. */
async function checkRest(
  client: DynamoDBDocumentClient,
  query: ListQuery,
  entries: readonly Entry[],
): Promise<readonly Entry[]> {
  const ids = query.ids && new Set(query.ids);
  const named = ids ? entries.filter(({ order }) => ids.has(order)) : entries;
  if (!needsHeaders(query)) return named;
  if (named.length > LIST_BOUND)
    throw new InvalidRequest(
      [
        {
          pointer: 'orderDate',
          message: `The filters have to be checked on more than ${LIST_BOUND} orders; narrow the list with orderDate.gt or orderDate.lt`,
        },
      ],
      'InvalidQuery',
    );
  const headers = await loadHeaders(
    client,
    named.map(({ order }) => order),
  );
  const passing = new Set(headers.filter((header) => passes(header, query)).map(({ order }) => order));
  return named.filter(({ order }) => passing.has(order));
}

function needsHeaders(query: ListQuery): boolean {
  if (query.requestedCompletionDate) return true;
  if (query.ids && !query.parties) return query.states !== undefined || query.externalIds !== undefined;
  const { index } = sourceOf(query);
  return (
    (query.states !== undefined && index !== 'byState') ||
    (query.externalIds !== undefined && index !== 'byExternalId')
  );
}

const passes = (header: StoredOrder['header'], query: ListQuery): boolean =>
  (query.states?.includes(header.state) ?? true) &&
  (query.externalIds?.some((externalId) => externalId === header.externalId) ?? true) &&
  (!query.requestedCompletionDate || isWithin(header.requestedCompletionDate, query.requestedCompletionDate));

const loadHeaders = async (client: DynamoDBDocumentClient, orders: readonly OrderNumber[]) =>
  (await batchGet(client, orders.map(headerKey), BATCH_KEYS)).map(parseHeader);

/**
 * Reads records by their keys, in batches at the same time; what a batch leaves out for its size is asked for again.
 * @throws TechnicalError `Throttled` when the table does not give them all
 */
async function batchGet(
  client: DynamoDBDocumentClient,
  keys: readonly { pk: string; sk: string }[],
  size: number,
): Promise<Record<string, unknown>[]> {
  const table = tableName('orders');
  const batches = Array.from({ length: Math.ceil(keys.length / size) }, (_, index) =>
    keys.slice(index * size, (index + 1) * size),
  );
  const read = await Promise.all(
    batches.map(async (batch) => {
      const records: Record<string, unknown>[] = [];
      let left: Record<string, unknown>[] = [...batch];
      for (let attempt = 0; attempt < BATCH_ATTEMPTS && left.length > 0; attempt += 1) {
        const { Responses, UnprocessedKeys } = await client.send(
          new BatchGetCommand({ RequestItems: { [table]: { Keys: left } } }),
        );
        records.push(...(Responses?.[table] ?? []));
        left = UnprocessedKeys?.[table]?.Keys ?? [];
      }
      if (left.length > 0) throw new TechnicalError('Throttled', 'The orders table did not answer all keys');
      return records;
    }),
  );
  return read.flat();
}
