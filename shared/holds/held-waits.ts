import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { openGate, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';

/** Which wait a switch holds back. Inbox table, key `SWITCH#id`, `order#wait`. */
const heldSchema = z.object({
  correlationKey: z.string(),
  sk: z.string(),
  order: z.string(),
  wait: z.string(),
});
export type HeldWait = z.infer<typeof heldSchema>;

const partition = (id: string): string => `SWITCH#${id}`;

/** The write that lists a wait among those of a switch. */
export const listHeld = (id: string, order: string, wait: string): TransactItem => ({
  Put: {
    TableName: tableName('inbox'),
    Item: { correlationKey: partition(id), sk: `${order}#${wait}`, order, wait },
  },
});

/** Some of the waits that a switch holds back. */
export async function heldBy(
  { documents }: Pick<Dependencies, 'documents'>,
  id: string,
  limit: number,
): Promise<HeldWait[]> {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName('inbox'),
      KeyConditionExpression: '#key = :key',
      ExpressionAttributeNames: { '#key': 'correlationKey' },
      ExpressionAttributeValues: { ':key': partition(id) },
      Limit: limit,
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => heldSchema.parse(item));
}

/** Lets a wait go on at a time, as far as this switch is concerned. */
export async function release(
  deps: Pick<Dependencies, 'documents'>,
  id: string,
  { order, wait, correlationKey, sk }: HeldWait,
  at: Date,
): Promise<void> {
  await writeTogether(deps, [
    openGate(order, wait, id, { notBefore: at.toISOString() }),
    { Delete: { TableName: tableName('inbox'), Key: { correlationKey, sk } } },
  ]);
}
