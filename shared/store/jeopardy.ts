import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { assessmentSchema, type Level } from '#shared/timing/jeopardy.ts';
import { tableName } from './client.ts';

/** How much an order is at risk by its last assessment. */
export async function readJeopardy(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
): Promise<Level> {
  const { Item = {} } = await documents.send(
    new GetCommand({
      TableName: tableName('orders'),
      Key: { pk: `ORDER#${order}`, sk: 'HEADER' },
      ProjectionExpression: '#jeopardy',
      ExpressionAttributeNames: { '#jeopardy': 'jeopardy' },
    }),
  );
  return assessmentSchema.parse(Item).jeopardy?.level ?? 'none';
}
