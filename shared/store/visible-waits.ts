import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { waitSchema } from './records.ts';

const visibleWaitSchema = waitSchema.omit({ token: true });

/** A wait without its token, for those who look after waits and answer none. */
export type VisibleWait = z.output<typeof visibleWaitSchema>;

const NAMES = Object.fromEntries(Object.keys(visibleWaitSchema.shape).map((name) => [`#${name}`, name]));

/** The waits of an order, those that are over among them; tokens are not even read. */
export async function readWaits(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
): Promise<VisibleWait[]> {
  const waits: VisibleWait[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('waits'),
      KeyConditionExpression: '#order = :order',
      ProjectionExpression: Object.keys(NAMES).join(', '),
      ExpressionAttributeNames: NAMES,
      ExpressionAttributeValues: { ':order': order },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) waits.push(...Items.map((item) => visibleWaitSchema.parse(item)));
  return waits;
}
