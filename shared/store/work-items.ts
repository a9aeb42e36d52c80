import { createHash } from 'node:crypto';
import { GetCommand, type PutCommandInput, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DESK_IDS, type Desk } from '#shared/domain/desks.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { type WorkItem, workItemSchema } from './records.ts';

type Documents = Pick<Dependencies, 'documents'>;

/** What makes two messages the same piece of work. */
export interface WorkItemRef {
  readonly order: string;
  readonly suborder: string;
  readonly step: string;
  readonly kind: WorkItem['kind'];
  readonly run: number;
}

/** The id of a piece of work: the same for every delivery and every retry, and nothing can be read from it. */
export const workItemId = ({ order, suborder, step, kind, run }: WorkItemRef): string =>
  createHash('sha256')
    .update([order, suborder, step, kind, run].join('#'))
    .digest('hex')
    .slice(0, WORK_ITEM_ID_LENGTH);

const WORK_ITEM_ID_LENGTH = 20;
const WORK_ITEM_ID = /^[0-9a-f]{20}$/;

/** The states in which a work item is on a desk; `asked` while the customer is to answer. */
export const LIVE_STATES = ['open', 'claimed', 'asked'] as const;
export type LiveState = (typeof LIVE_STATES)[number];

export const isLive = (state: WorkItem['state']): state is LiveState =>
  LIVE_STATES.some((live) => live === state);

/** A work item of a desk's list, as the index holds it. */
export const listedWorkItemSchema = workItemSchema.pick({
  workItem: true,
  kind: true,
  desk: true,
  state: true,
  order: true,
  suborder: true,
  step: true,
  title: true,
  openedAt: true,
  dueAt: true,
  priority: true,
  claim: true,
});
export type ListedWorkItem = z.infer<typeof listedWorkItemSchema>;

/** The work item of this id, read consistently. */
export async function readWorkItem({ documents }: Documents, id: string): Promise<WorkItem | undefined> {
  if (!WORK_ITEM_ID.test(id)) return undefined;
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('workItems'), Key: { workItem: id }, ConsistentRead: true }),
  );
  return Item && workItemSchema.parse(Item);
}

/** One page of a desk's list: work of orders at risk first, then the oldest due. */
export async function listDesk(
  { documents }: Documents,
  query: { desk: Desk; state: LiveState; limit: number; after?: string | undefined },
): Promise<{ items: ListedWorkItem[]; last: string | undefined }> {
  const { desk, state, limit, after } = query;
  const deskState = `${desk}#${state}`;
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new QueryCommand({
      TableName: tableName('workItems'),
      IndexName: 'byDesk',
      KeyConditionExpression: '#deskState = :deskState',
      ExpressionAttributeNames: { '#deskState': 'deskState' },
      ExpressionAttributeValues: { ':deskState': deskState },
      Limit: limit,
      ...(after !== undefined && {
        ExclusiveStartKey: { deskState, dueKey: after, workItem: workItemOf(after) },
      }),
    }),
  );
  const last: unknown = LastEvaluatedKey?.dueKey;
  return {
    items: Items.map((item) => listedWorkItemSchema.parse(item)),
    last: typeof last === 'string' ? last : undefined,
  };
}

/** Where a work item stands in the lists of its desk; in none of them once it is over. */
export const listKeys = (
  item: Pick<WorkItem, 'workItem' | 'kind' | 'desk' | 'state' | 'dueAt' | 'openedAt' | 'priority'>,
) => ({
  dueKey: `${LEAST_URGENT - (item.priority ?? 0)}#${item.dueAt}#${item.workItem}`,
  ...(isLive(item.state) && {
    deskState: `${item.desk}#${item.state}`,
    ...(item.kind === 'fallout' &&
      item.state !== 'asked' && {
        falloutDesk: item.desk,
        falloutKey: `${item.openedAt}#${item.workItem}`,
      }),
  }),
});

/** Lists are sorted by text: the more urgent, the smaller. */
const LEAST_URGENT = 9;

const workItemOf = (dueKey: string): string => dueKey.slice(dueKey.lastIndexOf('#') + 1);

/** Where a work item stands in the lists of its desk. */
export const dueKeySchema = z.templateLiteral([
  z.string().regex(/^\d$/),
  '#',
  z.iso.datetime(),
  '#',
  z.string().regex(WORK_ITEM_ID),
]);

/** The write of a work item's next version; refused when somebody else has written it meanwhile. Version 1 is new. */
export const writeWorkItem = (item: WorkItem): { Put: PutCommandInput } => ({
  Put: {
    TableName: tableName('workItems'),
    Item: item,
    ...(item.version === 1
      ? { ConditionExpression: 'attribute_not_exists(workItem)' }
      : {
          ConditionExpression: '#version = :before',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':before': item.version - 1 },
        }),
  },
});

/**
 * The write that takes a piece of work off its desk because nothing waits for it any more (a cancelled order, a
 * time limit); whoever holds it reads why. Refused when it is not on a desk, or was written since `item` was read.
 */
export function closeWorkItem(item: WorkItem, close: { by: string; note: string; at: string }): TransactItem {
  const { by, note, at } = close;
  return {
    Update: {
      TableName: tableName('workItems'),
      Key: { workItem: item.workItem },
      UpdateExpression:
        'SET #state = :closed, #result = :result, #version = :next REMOVE #deskState, #falloutDesk',
      ConditionExpression: '#version = :before AND #state IN (:open, :claimed, :asked)',
      ExpressionAttributeNames: {
        '#state': 'state',
        '#result': 'result',
        '#version': 'version',
        '#deskState': 'deskState',
        '#falloutDesk': 'falloutDesk',
      },
      ExpressionAttributeValues: {
        ':closed': 'closed',
        ':result': { action: 'CLOSED', by, note, at },
        ':before': item.version,
        ':next': item.version + 1,
        ':open': 'open',
        ':claimed': 'claimed',
        ':asked': 'asked',
      },
    },
  };
}

/** Whether this names a desk. */
export const isDesk = (name: string): name is Desk => DESK_IDS.some((desk) => desk === name);
