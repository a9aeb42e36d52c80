import { GetCommand, paginateQuery } from '@aws-sdk/lib-dynamodb';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { type Wait, waitSchema } from './records.ts';

/** The wait of this key, or undefined. */
export async function getWait(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
  wait: string,
): Promise<Wait | undefined> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('waits'), Key: { order, wait }, ConsistentRead: true }),
  );
  return Item && waitSchema.parse(Item);
}

/** All waits of a suborder, those that are over among them. */
export async function getWaits(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
  suborder: string,
): Promise<Wait[]> {
  const waits: Wait[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('waits'),
      KeyConditionExpression: '#order = :order AND begins_with(#wait, :prefix)',
      ExpressionAttributeNames: { '#order': 'order', '#wait': 'wait' },
      ExpressionAttributeValues: { ':order': order, ':prefix': `${suborder}#` },
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) waits.push(...Items.map((item) => waitSchema.parse(item)));
  return waits;
}
