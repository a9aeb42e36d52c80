import { createHash } from 'node:crypto';
import { GetCommand, PutCommand, paginateQuery, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { correlationSchema, type InboxEvent, inboxEventSchema } from './records.ts';
import { unlessRefused } from './unless-refused.ts';

type Documents = Pick<Dependencies, 'documents'>;
type EventKey = Pick<InboxEvent, 'correlationKey' | 'sk'>;

export type Pointer = Omit<z.output<typeof correlationSchema>, 'sk'>;

const EVENT = 'EVENT#';
const POINTER = 'WAIT';

/** The sort key of an event: the same for each delivery, which CloudEvents recognises by source and id. */
export const eventSortKey = (source: string, id: string): string =>
  EVENT + createHash('sha256').update(`${source}\n${id}`).digest('base64url');

/** Keeps an event. @returns false when it was delivered before */
export async function keepEvent({ documents }: Documents, event: InboxEvent): Promise<boolean> {
  return unlessRefused(
    documents.send(
      new PutCommand({
        TableName: tableName('inbox'),
        Item: event,
        ConditionExpression: 'attribute_not_exists(sk)',
      }),
    ),
  );
}

/** One event, read consistently. */
export async function readEvent({ documents }: Documents, key: EventKey): Promise<InboxEvent | undefined> {
  const { correlationKey, sk } = key;
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('inbox'), Key: { correlationKey, sk }, ConsistentRead: true }),
  );
  return Item && inboxEventSchema.parse(Item);
}

/** The events of a correlation key that wait to be matched, in the order in which they happened, then arrived. */
export async function pendingEvents({ documents }: Documents, correlationKey: string): Promise<InboxEvent[]> {
  const events: InboxEvent[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('inbox'),
      KeyConditionExpression: '#key = :key AND begins_with(sk, :event)',
      FilterExpression: '#status = :pending',
      ExpressionAttributeNames: { '#key': 'correlationKey', '#status': 'status' },
      ExpressionAttributeValues: { ':key': correlationKey, ':event': EVENT, ':pending': 'pending' },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) events.push(...Items.map((item) => inboxEventSchema.parse(item)));
  return events.sort(byTime);
}

const unmatchedSchema = inboxEventSchema.pick({ correlationKey: true, sk: true, receivedAt: true });

/** Events that no wait has taken yet, of those that arrived in a period, the oldest first. */
export async function unmatchedEvents(
  { documents }: Documents,
  period: { readonly after: string; readonly until: string; readonly limit: number },
): Promise<z.output<typeof unmatchedSchema>[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName('inbox'),
      IndexName: 'unmatched',
      KeyConditionExpression: '#unmatched = :pending AND #receivedAt BETWEEN :after AND :until',
      ExpressionAttributeNames: { '#unmatched': 'unmatched', '#receivedAt': 'receivedAt' },
      ExpressionAttributeValues: { ':pending': 'pending', ':after': period.after, ':until': period.until },
      Limit: period.limit,
    }),
  );
  return Items.map((item) => unmatchedSchema.parse(item));
}

const byTime = (a: InboxEvent, b: InboxEvent): number =>
  Date.parse(a.time) - Date.parse(b.time) || Date.parse(a.receivedAt) - Date.parse(b.receivedAt);

/** The write that takes a pending event out of the inbox's queue; refused when somebody else has done so. */
export const settleEvent = ({ correlationKey, sk }: EventKey, status: 'applied' | 'late') => ({
  Update: {
    TableName: tableName('inbox'),
    Key: { correlationKey, sk },
    UpdateExpression: 'SET #status = :status REMOVE #unmatched',
    ConditionExpression: '#status = :pending',
    ExpressionAttributeNames: { '#status': 'status', '#unmatched': 'unmatched' },
    ExpressionAttributeValues: { ':status': status, ':pending': 'pending' },
  },
});

/** Settles a pending event; one that somebody else has settled stays as it is. */
export async function markSettled(
  { documents }: Documents,
  key: EventKey,
  status: 'applied' | 'late',
): Promise<void> {
  await unlessRefused(documents.send(new UpdateCommand(settleEvent(key, status).Update)));
}

/** The wait that a correlation key belongs to, read consistently. */
export async function readPointer(
  { documents }: Documents,
  correlationKey: string,
): Promise<Pointer | undefined> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('inbox'),
      Key: { correlationKey, sk: POINTER },
      ConsistentRead: true,
    }),
  );
  return Item && correlationSchema.parse(Item);
}

/** The write that says which wait a correlation key belongs to; the newest wait counts. */
export const putPointer = (pointer: Pointer): TransactItem => ({
  Put: { TableName: tableName('inbox'), Item: { ...pointer, sk: POINTER } },
});
