import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DESK_IDS, type Desk } from '#shared/domain/desks.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { suborderNumberSchema } from './records.ts';

type Documents = Pick<Dependencies, 'documents'>;

const instant = z.iso.datetime();

/** Which failed steps a bulk repair is about; what is left out does not matter. */
export const repairFilterSchema = z.strictObject({
  desk: z.enum(DESK_IDS).optional(),
  flow: z.string().optional(),
  step: z.string().optional(),
  /** The code of the failure. */
  error: z.string().optional(),
  /** Only what has been on its desk for this long, as an ISO 8601 duration. */
  olderThan: z.string().optional(),
});

/** What became of one work item of a bulk repair. */
export const OUTCOMES = ['done', 'failed', 'skipped'] as const;
export type RepairOutcome = (typeof OUTCOMES)[number];

/**
 * A bulk repair. Key: its id, `HEAD`. `selecting` its list is being frozen; `ready` the list is frozen and nothing was
 * touched yet; `running`; `paused` by a person, by too many failures or by an error; `stopped` for good; `completed`.
 * Always: total = done + failed + skipped + remaining.
 */
export const bulkRepairSchema = z.object({
  bulkRepair: z.string(),
  entry: z.literal('HEAD'),
  status: z.enum(['selecting', 'ready', 'running', 'paused', 'stopped', 'completed']),
  filter: repairFilterSchema,
  /** What is done with each work item: the body of `resolve`. */
  resolution: z.looseObject({ action: z.string(), reason: z.string() }),
  /** On whose behalf. */
  by: z.string(),
  desks: z.array(z.string()),
  ratePerMinute: z.int(),
  /** How many failures it tolerates before it pauses, each time it is started. */
  tolerates: z.int(),
  /** The number of failures at which it pauses. */
  stopAt: z.int(),
  /** Whether it only counts until somebody starts it. */
  dryRun: z.boolean(),
  createdAt: instant,
  /** The execution that may work on it; an earlier one has been replaced. */
  run: z.int(),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  skipped: z.int(),
  remaining: z.int(),
  /** `desk flow step error` → how many of the list. */
  counts: z.record(z.string(), z.int()),
  /** Where the selection stands: which of the desks, and the last place in its list. */
  place: z.object({ desk: z.int(), after: z.string().optional() }),
  /** Whether the list ended because it was full. */
  truncated: z.boolean().optional(),
  /** Why it is paused. */
  why: z.string().optional(),
  version: z.int(),
});
export type BulkRepair = z.infer<typeof bulkRepairSchema>;

/** One work item of the frozen list. Key: id of the bulk repair, `ITEM#` and its number. */
export const bulkItemSchema = z.object({
  bulkRepair: z.string(),
  entry: z.string(),
  workItem: z.string(),
  /** What was selected: where it was since when, and why. One that is not so any more is left alone. */
  expects: z.object({ falloutDesk: z.enum(DESK_IDS), falloutKey: z.string(), error: z.string() }),
  order: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  status: z.enum(['remaining', ...OUTCOMES]),
  why: z.string().optional(),
  at: instant.optional(),
});
export type BulkItem = z.infer<typeof bulkItemSchema>;

export const newBulkRepairId = (): string => randomUUID();
const ID = /^[0-9a-f-]{36}$/;

export const itemEntry = (number: number): string => `ITEM#${String(number).padStart(6, '0')}`;

/** The bulk repair of this id, read consistently. */
export async function readBulkRepair({ documents }: Documents, id: string): Promise<BulkRepair | undefined> {
  if (!ID.test(id)) return undefined;
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('bulkRepairs'),
      Key: { bulkRepair: id, entry: 'HEAD' },
      ConsistentRead: true,
    }),
  );
  return Item && bulkRepairSchema.parse(Item);
}

const listedBulkRepairSchema = bulkRepairSchema
  .pick({
    bulkRepair: true,
    status: true,
    filter: true,
    resolution: true,
    by: true,
    createdAt: true,
    total: true,
    done: true,
    failed: true,
    skipped: true,
    remaining: true,
    why: true,
  })
  .extend({ listKey: z.string() });
/** A bulk repair as it is listed, a moment behind. */
export type ListedBulkRepair = z.infer<typeof listedBulkRepairSchema>;

const LIST = 'bulkRepairs';

/** Where a bulk repair stands in its lists: `createdAt#id`. */
export const bulkRepairPlaceSchema = z.templateLiteral([z.iso.datetime(), '#', z.string().regex(ID)]);

/**
 * Bulk repairs, the newest first, from behind this place on.
 * @param by only those that this person made
 */
export async function listBulkRepairs(
  { documents }: Documents,
  { by, after, limit }: { by: string | undefined; after: string | undefined; limit: number },
): Promise<{ items: ListedBulkRepair[]; last: string | undefined }> {
  const [IndexName, name, value] = by === undefined ? ['byDate', 'list', LIST] : ['byMaker', 'by', by];
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new QueryCommand({
      TableName: tableName('bulkRepairs'),
      IndexName,
      KeyConditionExpression: `#name = :value${after === undefined ? '' : ' AND listKey < :after'}`,
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value, ...(after !== undefined && { ':after': after }) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  const items = Items.map((item) => listedBulkRepairSchema.parse(item));
  return { items, last: LastEvaluatedKey && items.at(-1)?.listKey };
}

/** Some items of a frozen list, from behind this one on. */
export async function readBulkItems(
  { documents }: Documents,
  id: string,
  after: string,
  limit: number,
): Promise<{ items: BulkItem[]; last: string | undefined }> {
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new QueryCommand({
      TableName: tableName('bulkRepairs'),
      KeyConditionExpression: '#id = :id AND #entry BETWEEN :after AND :end',
      ExpressionAttributeNames: { '#id': 'bulkRepair', '#entry': 'entry' },
      ExpressionAttributeValues: { ':id': id, ':after': `${after}~`, ':end': 'ITEM#~' },
      Limit: limit,
      ConsistentRead: true,
    }),
  );
  const last: unknown = LastEvaluatedKey?.entry;
  return {
    items: Items.map((item) => bulkItemSchema.parse(item)),
    last: typeof last === 'string' ? last : undefined,
  };
}

/** The write of a bulk repair's next version; refused when another has written it meanwhile. Version 1 is new. */
export const writeBulkRepair = (head: BulkRepair): TransactItem => ({
  Put: {
    TableName: tableName('bulkRepairs'),
    Item: { ...head, list: LIST, listKey: `${head.createdAt}#${head.bulkRepair}` },
    ...(head.version === 1
      ? { ConditionExpression: 'attribute_not_exists(entry)' }
      : {
          ConditionExpression: '#version = :before',
          ExpressionAttributeNames: { '#version': 'version' },
          ExpressionAttributeValues: { ':before': head.version - 1 },
        }),
  },
});

/**
 * Moves a bulk repair to another status, if it is in one of these.
 * @returns it as it is now; undefined when it is in none of them
 */
export async function moveBulkRepair(
  { documents }: Documents,
  id: string,
  from: readonly BulkRepair['status'][],
  to: BulkRepair['status'],
  set: Partial<Pick<BulkRepair, 'run' | 'stopAt' | 'why'>> = {},
): Promise<BulkRepair | undefined> {
  const names = Object.keys(set);
  const remove = set.why === undefined ? ' REMOVE #why' : '';
  try {
    const { Attributes } = await documents.send(
      new UpdateCommand({
        TableName: tableName('bulkRepairs'),
        Key: { bulkRepair: id, entry: 'HEAD' },
        UpdateExpression: `SET ${['#status = :to', ...names.map((name) => `#${name} = :${name}`)].join(', ')}${remove} ADD #version :one`,
        ConditionExpression: `#status IN (${from.map((_, index) => `:from${index}`).join(', ')})`,
        ExpressionAttributeNames: {
          '#status': 'status',
          '#version': 'version',
          '#why': 'why',
          ...Object.fromEntries(names.map((name) => [`#${name}`, name])),
        },
        ExpressionAttributeValues: {
          ':to': to,
          ':one': 1,
          ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
          ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
        },
        ReturnValues: 'ALL_NEW',
      }),
    );
    return bulkRepairSchema.parse(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** The write that freezes one item. */
export const freezeItem = (item: BulkItem): TransactItem => ({
  Put: {
    TableName: tableName('bulkRepairs'),
    Item: item,
    ConditionExpression: 'attribute_not_exists(#entry)',
    ExpressionAttributeNames: { '#entry': 'entry' },
  },
});

/**
 * The writes that settle one item and count it, each time one only; refused when it was settled before, and when the
 * bulk repair is not running any more, or not in this run.
 */
export const settleItem = (
  { bulkRepair, entry }: Pick<BulkItem, 'bulkRepair' | 'entry'>,
  { run, stopAt }: Pick<BulkRepair, 'run' | 'stopAt'>,
  outcome: RepairOutcome,
  at: string,
  why?: string,
): TransactItem[] => [
  {
    Update: {
      TableName: tableName('bulkRepairs'),
      Key: { bulkRepair, entry },
      UpdateExpression: `SET #status = :outcome, #at = :at${why === undefined ? '' : ', #why = :why'}`,
      ConditionExpression: '#status = :remaining',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#at': 'at',
        ...(why !== undefined && { '#why': 'why' }),
      },
      ExpressionAttributeValues: {
        ':outcome': outcome,
        ':remaining': 'remaining',
        ':at': at,
        ...(why !== undefined && { ':why': why }),
      },
    },
  },
  {
    Update: {
      TableName: tableName('bulkRepairs'),
      Key: { bulkRepair, entry: 'HEAD' },
      UpdateExpression: 'ADD #outcome :one, #remaining :less, #version :one',
      ConditionExpression: '#status = :running AND #run = :run AND #failed < :most',
      ExpressionAttributeNames: {
        '#outcome': outcome,
        '#remaining': 'remaining',
        '#version': 'version',
        '#status': 'status',
        '#run': 'run',
        '#failed': 'failed',
      },
      ExpressionAttributeValues: {
        ':one': 1,
        ':less': -1,
        ':running': 'running',
        ':run': run,
        ':most': stopAt,
      },
    },
  },
];

/** The writes that count an item as failed whose step failed again after it was done; refused when that was counted. */
export const failAgain = (
  { id: bulkRepair, entry }: { readonly id: string; readonly entry: string },
  at: string,
  why: string,
): TransactItem[] => [
  {
    Update: {
      TableName: tableName('bulkRepairs'),
      Key: { bulkRepair, entry },
      UpdateExpression: 'SET #status = :failed, #at = :at, #why = :why',
      ConditionExpression: '#status = :done',
      ExpressionAttributeNames: { '#status': 'status', '#at': 'at', '#why': 'why' },
      ExpressionAttributeValues: { ':failed': 'failed', ':done': 'done', ':at': at, ':why': why },
    },
  },
  {
    Update: {
      TableName: tableName('bulkRepairs'),
      Key: { bulkRepair, entry: 'HEAD' },
      UpdateExpression: 'ADD #done :less, #failed :one, #version :one',
      ConditionExpression: 'attribute_exists(#version)',
      ExpressionAttributeNames: { '#done': 'done', '#failed': 'failed', '#version': 'version' },
      ExpressionAttributeValues: { ':one': 1, ':less': -1 },
    },
  },
];

const listedFalloutSchema = z.object({
  workItem: z.string(),
  desk: z.enum(DESK_IDS),
  order: z.string(),
  suborder: suborderNumberSchema,
  step: z.string(),
  flow: z.string().optional(),
  failure: z.object({ error: z.string() }),
  claim: z.object({ by: z.string(), until: instant }).optional(),
  falloutKey: z.string(),
});
export type ListedFallout = z.infer<typeof listedFalloutSchema>;

/** The failed steps on a desk that came there before this time, the oldest first, from behind this place on. */
export async function listFallout(
  { documents }: Documents,
  query: { desk: Desk; before: string; after: string | undefined; limit: number },
): Promise<{ items: ListedFallout[]; last: string | undefined }> {
  const { desk, before, after, limit } = query;
  const { Items = [], LastEvaluatedKey } = await documents.send(
    new QueryCommand({
      TableName: tableName('workItems'),
      IndexName: 'byFallout',
      KeyConditionExpression: '#desk = :desk AND #key <= :before',
      ExpressionAttributeNames: { '#desk': 'falloutDesk', '#key': 'falloutKey' },
      ExpressionAttributeValues: { ':desk': desk, ':before': `${before}~` },
      Limit: limit,
      ...(after !== undefined && {
        ExclusiveStartKey: {
          falloutDesk: desk,
          falloutKey: after,
          workItem: after.slice(after.indexOf('#') + 1),
        },
      }),
    }),
  );
  const last: unknown = LastEvaluatedKey?.falloutKey;
  return {
    items: Items.map((item) => listedFalloutSchema.parse(item)),
    last: typeof last === 'string' ? last : undefined,
  };
}
