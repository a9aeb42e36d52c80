import { GetCommand } from '@aws-sdk/lib-dynamodb';
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
