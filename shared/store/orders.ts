import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { endOfDay } from '#shared/domain/calendar.ts';
import { InvalidRequest, NotFound, StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import { newOrderNumber, type OrderNumber } from '#shared/domain/order-number.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import { type OrderDocument, orderDocumentSchema } from '#shared/tmf622/document.ts';
import { partyIds } from '#shared/tmf622/facts.ts';
import { tableName } from './client.ts';
import { type OrderHeader, orderHeaderSchema, suborderSchema } from './records.ts';

/** An order's document must leave room for the rest of a DynamoDB item (400 KB). */
const LARGEST_DOCUMENT = 350 * 1024;
const IDEMPOTENCY_SECONDS = 7 * 24 * 3600;
const ATTEMPTS = 6;

const orderPartition = (order: OrderNumber): string => `ORDER#${order}`;

export const headerKey = (order: OrderNumber) => ({ pk: orderPartition(order), sk: 'HEADER' });
export const documentKey = (order: OrderNumber) => ({ pk: orderPartition(order), sk: 'DOCUMENT' });

/** Sort key of every list of orders; sorts by date. */
export const listKey = (orderDate: string, order: OrderNumber): string => `${orderDate}#${order}`;

/** The order document is kept as JSON text: what was accepted comes back unchanged, whatever DynamoDB's types are. */
const documentRecordSchema = z.object({ document: z.string() });
const idempotencyRecordSchema = z.object({ bodyHash: z.string(), order: z.string(), expiresAt: z.int() });

/** What makes a repeated request recognisable: who sent it, the key it gave, and what was in it. */
export interface Idempotency {
  readonly client: string;
  readonly key: string;
  readonly bodyHash: string;
}

export interface AcceptedOrder {
  readonly order: OrderNumber;
  readonly document: OrderDocument;
}

/**
 * Keeps a new order: header, document, a row for each related party and the idempotency record in one
 * transaction. A number that is taken is drawn again; of requests with the same key that race, one wins and the others
 * get its order.
 * @throws InvalidRequest when the document is too large, StateConflict `IdempotencyKeyReused` when the key was used
 * for another body, TechnicalError `Conflict` when others keep getting in the way
 */
export async function insertOrder(
  client: DynamoDBDocumentClient,
  document: OrderDocument,
  outlook: Pick<OrderHeader, 'expectedCompletionDate' | 'newContract' | 'by'>,
  idempotency?: Idempotency,
  newNumber: () => OrderNumber = newOrderNumber,
): Promise<AcceptedOrder> {
  const text = JSON.stringify(document);
  if (Buffer.byteLength(text) > LARGEST_DOCUMENT)
    throw new InvalidRequest([
      { pointer: '', message: `The order is larger than ${LARGEST_DOCUMENT / 1024} KB` },
    ]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const order = newNumber();
    try {
      await client.send(
        new TransactWriteCommand({
          TransactItems: newOrderItems(order, document, text, outlook, idempotency),
        }),
      );
      return { order, document: documentOf(text) };
    } catch (error) {
      if (!isContention(error)) throw error;
    }
    const earlier = idempotency && (await findEarlier(client, idempotency, document.orderDate));
    if (earlier) return earlier;
    await sleep(Math.random() * 20 * 2 ** attempt);
  }
  throw new TechnicalError(
    'Conflict',
    'The order could not be written, others were writing at the same time',
  );
}

/**
 * The order that an earlier request with the same key made.
 * @throws StateConflict `IdempotencyKeyReused` when that request had another body
 */
export async function findEarlier(
  client: DynamoDBDocumentClient,
  idempotency: Idempotency,
  now: string,
): Promise<AcceptedOrder | undefined> {
  const { Item } = await client.send(
    new GetCommand({
      TableName: tableName('orders'),
      Key: idempotencyKey(idempotency),
      ConsistentRead: true,
    }),
  );
  if (!Item) return undefined;
  const earlier = idempotencyRecordSchema.parse(Item);
  if (earlier.expiresAt <= epochSeconds(now)) return undefined;
  if (earlier.bodyHash !== idempotency.bodyHash)
    throw new StateConflict('IdempotencyKeyReused', 'This Idempotency-Key was used for another request');
  return { order: earlier.order, document: await loadDocument(client, earlier.order) };
}

/**
 * The TMF622 document of an order, as it was accepted.
 * @throws NotFound when there is no such order
 */
export async function loadDocument(
  client: DynamoDBDocumentClient,
  order: OrderNumber,
): Promise<OrderDocument> {
  const { Item } = await client.send(
    new GetCommand({ TableName: tableName('orders'), Key: documentKey(order), ConsistentRead: true }),
  );
  if (!Item) throw new NotFound('Order', order);
  return parseDocument(Item);
}

/** The header of an order, or undefined when there is no such order. */
export async function loadHeader(
  { documents }: { readonly documents: DynamoDBDocumentClient },
  order: OrderNumber,
): Promise<OrderHeader | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('orders'), Key: headerKey(order), ConsistentRead: true }),
  );
  return Item && parseHeader(Item);
}

export interface StoredOrder {
  readonly header: OrderHeader;
  readonly document: OrderDocument;
}

/** Header and document of an order in one read, or undefined when there is no such order. */
export async function loadOrder(
  client: DynamoDBDocumentClient,
  order: OrderNumber,
): Promise<StoredOrder | undefined> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName('orders'),
      KeyConditionExpression: 'pk = :order AND sk BETWEEN :document AND :header',
      ExpressionAttributeValues: {
        ':order': orderPartition(order),
        ':document': 'DOCUMENT',
        ':header': 'HEADER',
      },
      ConsistentRead: true,
    }),
  );
  return storedOrder(Items);
}

/** An order from its records, or undefined when one of them is not there. */
export function storedOrder(records: readonly Record<string, unknown>[]): StoredOrder | undefined {
  const header = records.find(({ sk }) => sk === 'HEADER');
  const document = records.find(({ sk }) => sk === 'DOCUMENT');
  return header && document && { header: parseHeader(header), document: parseDocument(document) };
}

export const parseHeader = (record: unknown): OrderHeader => orderHeaderSchema.parse(record);

/** The header of an order, read consistently. */
export async function readHeader(
  { documents }: { readonly documents: DynamoDBDocumentClient },
  order: OrderNumber,
): Promise<OrderHeader | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('orders'), Key: headerKey(order), ConsistentRead: true }),
  );
  return Item && parseHeader(Item);
}

/** The TMF622 document in its record. */
export const parseDocument = (record: unknown): OrderDocument =>
  documentOf(documentRecordSchema.parse(record).document);

/** The document from its text; an order just accepted goes this way too, so that every answer is the same to the byte. */
const documentOf = (text: string): OrderDocument => orderDocumentSchema.parse(JSON.parse(text));

const progressSchema = suborderSchema.pick({
  suborder: true,
  item: true,
  state: true,
  milestones: true,
  steps: true,
  done: true,
  suspended: true,
});

/** How far the suborders of an order are, order management (`00`) among them; empty before it starts. */
export async function loadProgress(
  client: DynamoDBDocumentClient,
  order: OrderNumber,
): Promise<z.infer<typeof progressSchema>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: tableName('suborders'),
      KeyConditionExpression: '#order = :order AND begins_with(sk, :suborder)',
      ProjectionExpression: 'suborder, #item, #state, milestones, steps, done, suspended',
      ExpressionAttributeNames: { '#order': 'order', '#item': 'item', '#state': 'state' },
      ExpressionAttributeValues: { ':order': order, ':suborder': 'SUBORDER#' },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => progressSchema.parse(item));
}

function newOrderItems(
  order: OrderNumber,
  document: OrderDocument,
  text: string,
  {
    expectedCompletionDate,
    newContract,
    by,
  }: Pick<OrderHeader, 'expectedCompletionDate' | 'newContract' | 'by'>,
  idempotency: Idempotency | undefined,
): TransactItem[] {
  const TableName = tableName('orders');
  const { orderDate, requestedCompletionDate, externalId } = document;
  const promise = requestedCompletionDate ?? expectedCompletionDate;
  const header: OrderHeader = {
    pk: orderPartition(order),
    sk: 'HEADER',
    order,
    state: 'acknowledged',
    orderDate,
    ...(requestedCompletionDate && {
      requestedCompletionDate: new Date(requestedCompletionDate).toISOString(),
    }),
    ...(expectedCompletionDate && { expectedCompletionDate }),
    ...(promise && { promisedDate: endOfDay(new Date(promise)).toISOString() }),
    ...(externalId && { externalId }),
    ...(newContract !== undefined && { newContract }),
    ...(by && { by }),
    list: 'orders',
    listKey: listKey(orderDate, order),
    version: 1,
  };
  return [
    { Put: { TableName, Item: header, ConditionExpression: 'attribute_not_exists(pk)' } },
    { Put: { TableName, Item: { ...documentKey(order), order, document: text } } },
    ...partyIds(document).map((party) => ({
      Put: {
        TableName,
        Item: { pk: header.pk, sk: `PARTY#${party}`, party, listKey: header.listKey, order },
      },
    })),
    ...(idempotency ? [rememberRequest(order, idempotency, epochSeconds(orderDate))] : []),
  ];
}

const rememberRequest = (order: OrderNumber, idempotency: Idempotency, now: number): TransactItem => ({
  Put: {
    TableName: tableName('orders'),
    Item: {
      ...idempotencyKey(idempotency),
      bodyHash: idempotency.bodyHash,
      order,
      expiresAt: now + IDEMPOTENCY_SECONDS,
    },
    ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
    ExpressionAttributeValues: { ':now': now },
  },
});

const idempotencyKey = ({ client, key }: Idempotency) => ({
  pk: `IDEMPOTENCY#${client}#${createHash('sha256').update(key).digest('hex')}`,
  sk: 'KEY',
});

const epochSeconds = (instant: string): number => Math.floor(Date.parse(instant) / 1000);

const CONTENTION = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

/** Whether a transaction was refused only because of what others wrote: a taken number or key, or a race. */
const isContention = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).every(({ Code }) => CONTENTION.has(Code ?? 'None'));
