import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { historyItem } from '#shared/store/history.ts';

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
export const SWITCHES_KEY = { pk: 'SWITCHES', sk: 'ON' } as const;

/** The switches that are on. A step reads them with its other records. */
export async function readSwitches({ documents }: Documents): Promise<readonly Switch[]> {
  const { Item } = await documents.send(
    new GetCommand({ TableName: tableName('orders'), Key: SWITCHES_KEY, ConsistentRead: true }),
  );
  return switchesIn(Item);
}

/** The switches in their record, when there is one. */
export function switchesIn(record: Readonly<Record<string, unknown>> = {}): readonly Switch[] {
  const { pk: _pk, sk: _sk, ...switches } = record;
  return Object.values(switches).map((one) => switchSchema.parse(one));
}

/** Subject of the history that tells who switched what on and off. */
export const SWITCHES_SUBJECT = 'incident-switches';

/** Switches it on; one that is on already gets the new reason. */
export async function switchOn(deps: Documents, one: Switch): Promise<void> {
  const id = switchId(one);
  await writeTogether(deps, [
    changed(id, 'SET #switch = :switch', { ExpressionAttributeValues: { ':switch': one } }),
    told('SWITCH_ON', { id, by: one.by, at: one.at, reason: one.reason }),
  ]);
}

/** Switches it off; one that is off already stays so. */
export async function switchOff(deps: Documents, deed: Deed): Promise<void> {
  await writeTogether(deps, [
    changed(deed.id, 'REMOVE #switch', { ConditionExpression: 'attribute_exists(#switch)' }),
    told('SWITCH_OFF', deed),
  ]);
}

/** Who switched which one, when and why. */
interface Deed {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  readonly reason?: string | undefined;
}

const changed = (
  id: string,
  UpdateExpression: string,
  more: Partial<NonNullable<TransactItem['Update']>>,
): TransactItem => ({
  Update: {
    TableName: tableName('orders'),
    Key: SWITCHES_KEY,
    UpdateExpression,
    ExpressionAttributeNames: { '#switch': id },
    ...more,
  },
});

const told = (what: 'SWITCH_ON' | 'SWITCH_OFF', { id, by, at, reason }: Deed): TransactItem =>
  historyItem({
    subject: SWITCHES_SUBJECT,
    id: `${id}#${what}#${by}`,
    at,
    what,
    by,
    ...(reason !== undefined && { why: reason }),
    details: { switch: id },
  });
