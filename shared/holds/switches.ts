import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from '#shared/store/client.ts';

type Documents = Pick<Dependencies, 'documents'>;

export const SWITCH_KINDS = ['flow', 'task', 'system'] as const;

/** An incident: nothing of a flow, of a task or for an underlying system is begun while it is switched on. */
export const switchSchema = z.object({
  kind: z.enum(SWITCH_KINDS),
  name: z.string(),
  reason: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
});
export type Switch = z.infer<typeof switchSchema>;

/** `system:warehouse`: its id, and the entry by which waits are held back. */
export const switchId = ({ kind, name }: Pick<Switch, 'kind' | 'name'>): string => `${kind}:${name}`;

/** All switches are one record, so that a step looks at them in one read. */
const KEY = { pk: 'SWITCHES', sk: 'ON' } as const;

/**
 * The switches that are on. A step reads them beside its other records; it may see one a moment later than it was
 * switched on, unless it asks to read consistently.
 */
export async function readSwitches(
  { documents }: Documents,
  { consistently = false }: { readonly consistently?: boolean } = {},
): Promise<readonly Switch[]> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('orders'), Key: KEY, ConsistentRead: consistently }),
  );
  if (!Item) return [];
  const { pk: _pk, sk: _sk, ...switches } = Item;
  return Object.values(switches).map((one) => switchSchema.parse(one));
}

/** Switches it on; one that is on already gets the new reason. */
export async function switchOn({ documents }: Documents, one: Switch): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName('orders'),
      Key: KEY,
      UpdateExpression: 'SET #switch = :switch',
      ExpressionAttributeNames: { '#switch': switchId(one) },
      ExpressionAttributeValues: { ':switch': one },
    }),
  );
}

export async function switchOff({ documents }: Documents, id: string): Promise<void> {
  await documents.send(
    new UpdateCommand({
      TableName: tableName('orders'),
      Key: KEY,
      UpdateExpression: 'REMOVE #switch',
      ExpressionAttributeNames: { '#switch': id },
    }),
  );
}
