import {
  BatchGetCommand,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { OrderNumber } from '#shared/domain/order-number.ts';
import type { TaskState } from '#shared/domain/task-states.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { LIST_BOUND } from '#shared/tmf622/list-query.ts';
import { tableName } from './client.ts';
import { headerKey } from './orders.ts';
import { CANCELLATION, type Cancellation, cancellationSchema } from './records.ts';
import { unlessRefused } from './unless-refused.ts';

type Documents = Pick<Dependencies, 'documents'>;

const keyOf = (order: OrderNumber, cancellation: string) => ({
  pk: headerKey(order).pk,
  sk: CANCELLATION + cancellation,
});

/** What a request says, before it is kept. */
export type NewCancellation = Pick<
  Cancellation,
  'cancellation' | 'order' | 'bodyHash' | 'reason' | 'by' | 'requestedDate' | 'requestedAt' | 'items'
>;

const recordOf = (request: NewCancellation): Cancellation => ({
  ...keyOf(request.order, request.cancellation),
  ...request,
  ...listedAs('acknowledged'),
  list: 'cancellations',
  listKey: `${request.requestedAt}#${request.cancellation}`,
});

/** The write that keeps a new request; refused when there is one of this id. */
export const newCancellation = (request: NewCancellation): TransactItem => ({
  Put: {
    TableName: tableName('orders'),
    Item: recordOf(request),
    ConditionExpression: 'attribute_not_exists(pk)',
  },
});

/** Keeps a new request. @returns it, or the one that has this id already */
export async function keepCancellation(
  deps: Documents,
  request: NewCancellation,
): Promise<{ cancellation: Cancellation; isNew: boolean }> {
  const record = recordOf(request);
  const isNew = await unlessRefused(
    deps.documents.send(
      new PutCommand({
        TableName: tableName('orders'),
        Item: record,
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    ),
  );
  if (isNew) return { cancellation: record, isNew };
  const earlier = await readCancellation(deps, request.order, request.cancellation);
  if (!earlier) throw new TechnicalError('Conflict', `Request ${request.cancellation} comes and goes`);
  return { cancellation: earlier, isNew: false };
}

/** The request of this id, read consistently. */
export async function readCancellation(
  { documents }: Documents,
  order: OrderNumber,
  cancellation: string,
): Promise<Cancellation | undefined> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('orders'),
      Key: keyOf(order, cancellation),
      ConsistentRead: true,
    }),
  );
  return Item && cancellationSchema.parse(Item);
}

/** All requests to cancel an order or items of it, the newest first. */
export async function cancellationsOf({ documents }: Documents, order: OrderNumber): Promise<Cancellation[]> {
  const found: Cancellation[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('orders'),
      KeyConditionExpression: 'pk = :order AND begins_with(sk, :cancellation)',
      ExpressionAttributeValues: { ':order': headerKey(order).pk, ':cancellation': CANCELLATION },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages)
    found.push(...Items.map((item) => cancellationSchema.parse(item)));
  return found.sort((a, b) => b.listKey.localeCompare(a.listKey));
}

/** Whether nothing follows any more. */
export const isOver = ({ taskState }: Pick<Cancellation, 'taskState'>): boolean =>
  taskState === 'done' || taskState === 'terminatedWithError';

type Progress = Partial<Pick<Cancellation, 'suborders' | 'cancelled' | 'charges' | 'problems' | 'endedAt'>>;

/**
 * Takes a request to its next state, with what became known. Nothing happens when it is not in the state before.
 * @returns whether it was
 */
export async function moveCancellation(
  { documents }: Documents,
  { order, cancellation }: Pick<Cancellation, 'order' | 'cancellation'>,
  from: readonly TaskState[],
  to: TaskState,
  progress: Progress = {},
): Promise<boolean> {
  const set: Record<string, unknown> = { ...listedAs(to), ...progress };
  const names = Object.keys(set).filter((name) => set[name] !== undefined);
  return unlessRefused(
    documents.send(
      new UpdateCommand({
        TableName: tableName('orders'),
        Key: keyOf(order, cancellation),
        UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
        ConditionExpression: `#taskState IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ExpressionAttributeValues: {
          ...Object.fromEntries(names.map((name) => [`:${name}`, set[name]])),
          ...Object.fromEntries(from.map((state, index) => [`:from${index}`, state])),
        },
      }),
    ),
  );
}

const listedAs = (taskState: TaskState) => ({ taskState, state: `cancellation.${taskState}` });

const listedSchema = z.object({ pk: z.string(), sk: z.string(), listKey: z.string() });

/**
 * A page of all requests, the newest first, and how many there are (at most `LIST_BOUND` are counted). One index query
 * for each state that is asked for, and one batch for the page.
 */
export async function listCancellations(
  { documents }: Documents,
  { states, offset, limit }: { states: readonly TaskState[] | undefined; offset: number; limit: number },
): Promise<{ page: Cancellation[]; total: number }> {
  const lists = states
    ? states.map((state) => ({ index: 'byState', key: 'state', value: listedAs(state).state }))
    : [{ index: 'byDate', key: 'list', value: 'cancellations' }];
  const found = await Promise.all(
    lists.map(async ({ index, key, value }) => {
      const { Items = [] } = await documents.send(
        new QueryCommand({
          TableName: tableName('orders'),
          IndexName: index,
          KeyConditionExpression: '#key = :value',
          ExpressionAttributeNames: { '#key': key },
          ExpressionAttributeValues: { ':value': value },
          ScanIndexForward: false,
          Limit: LIST_BOUND,
        }),
      );
      return Items.map((item) => listedSchema.parse(item));
    }),
  );
  const newestFirst = found.flat().sort((a, b) => b.listKey.localeCompare(a.listKey));
  const keys = newestFirst.slice(offset, offset + limit).map(({ pk, sk }) => ({ pk, sk }));
  return { page: await load(documents, keys), total: Math.min(newestFirst.length, LIST_BOUND) };
}

/** A request has a few hundred bytes: a page of 100 fits into one batch. */
async function load(documents: Documents['documents'], keys: { pk: string; sk: string }[]) {
  if (keys.length === 0) return [];
  const table = tableName('orders');
  const { Responses } = await documents.send(
    new BatchGetCommand({ RequestItems: { [table]: { Keys: keys } } }),
  );
  return (Responses?.[table] ?? [])
    .map((item) => cancellationSchema.parse(item))
    .sort((a, b) => b.listKey.localeCompare(a.listKey));
}
