import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { type NetworkRecord, networkKey, networkRecordSchema } from '#shared/timing/network.ts';
import { tableName } from './client.ts';
import { type StepRecord, type Suborder, stepSchema, suborderSchema } from './records.ts';

/** All that is kept of an order's progress. */
export interface OrderRecords {
  /** Absent until the order is planned. */
  readonly timing: NetworkRecord | undefined;
  readonly steps: readonly StepRecord[];
  /** Order management (`00`) first; empty until it is started. */
  readonly suborders: readonly Suborder[];
}

/** Reads all that is kept of an order's progress, in one query. */
export async function readOrderRecords(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
): Promise<OrderRecords> {
  const items: Record<string, unknown>[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('suborders'),
      KeyConditionExpression: '#order = :order',
      ExpressionAttributeNames: { '#order': 'order' },
      ExpressionAttributeValues: { ':order': order },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) items.push(...Items);
  const of = (prefix: string) => items.filter(({ sk }) => typeof sk === 'string' && sk.startsWith(prefix));
  const [timing] = of(networkKey(order).sk);
  return {
    timing: timing && networkRecordSchema.parse(timing),
    steps: of('STEP#').map((item) => stepSchema.parse(item)),
    suborders: of('SUBORDER#').map((item) => suborderSchema.parse(item)),
  };
}
