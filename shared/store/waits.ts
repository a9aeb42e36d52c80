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
export const getWaits = (
  deps: Pick<Dependencies, 'documents'>,
  order: string,
  suborder: string,
): Promise<Wait[]> =>
  query(deps, '#order = :order AND begins_with(#wait, :prefix)', {
    names: { '#order': 'order', '#wait': 'wait' },
    values: { ':order': order, ':prefix': `${suborder}#` },
  });

/** All waits of an order, those that are over among them. */
export const getWaitsOfOrder = (deps: Pick<Dependencies, 'documents'>, order: string): Promise<Wait[]> =>
  query(deps, '#order = :order', { names: { '#order': 'order' }, values: { ':order': order } });

async function query(
  { documents }: Pick<Dependencies, 'documents'>,
  condition: string,
  { names, values }: { names: Record<string, string>; values: Record<string, string> },
): Promise<Wait[]> {
  const waits: Wait[] = [];
  const pages = paginateQuery(
    { client: documents },
    {
      TableName: tableName('waits'),
      KeyConditionExpression: condition,
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ConsistentRead: true,
    },
  );
  for await (const { Items = [] } of pages) waits.push(...Items.map((item) => waitSchema.parse(item)));
  return waits;
}
