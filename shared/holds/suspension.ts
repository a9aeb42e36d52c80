import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StateConflict } from '#shared/domain/errors.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { openGate, suborderKey } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { ENDS, NOT_ENDING } from '#shared/steps/ending.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { historyItem, type NewEntry } from '#shared/store/history.ts';
import type { Suborder, Wait } from '#shared/store/records.ts';
import { getSuborders } from '#shared/store/suborders.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { getWaitsOfOrder } from '#shared/store/waits.ts';
import { SUSPENDED } from './holds.ts';

type Suspension = NonNullable<Suborder['suspended']>;

/** Waits that come to their end by themselves; people, and the outside, may go on with what they have begun. */
const HELD_BACK: readonly Wait['kind'][] = ['timer', 'event', 'start'];

/**
 * Suspends an order: no step starts any more until it is resumed. What has begun comes to its end. Dates stay as they
 * are: what falls due meanwhile does so when the order is resumed. Order management comes first, so that it starts no
 * suborder which this does not see. Safe to repeat; the first reason stays.
 * @throws StateConflict `NotStarted` while the order still waits to be started, `OrderEnded` when nothing is left
 */
export async function suspendOrder(deps: Dependencies, order: string, why: Suspension): Promise<void> {
  await suspend(deps, order, MANAGEMENT, why);
  const rows = await getSuborders(deps, order);
  if (rows.length === 0)
    throw new StateConflict('NotStarted', `Order ${order} waits to be started; suspend it in a moment`);
  const open = rows.filter(({ endedAt }) => endedAt === undefined);
  if (open.length === 0) throw new StateConflict('OrderEnded', `Order ${order} has ended`);
  for (const { suborder } of open) if (suborder !== MANAGEMENT) await suspend(deps, order, suborder, why);
  const live = new Set(open.map(({ suborder }) => suborder));
  for (const wait of await getWaitsOfOrder(deps, order))
    if (live.has(wait.suborder) && HELD_BACK.includes(wait.kind)) await holdBack(deps, wait);
}

/** Resumes an order; what fell due meanwhile does so now. @throws StateConflict `NotSuspended` */
export async function resumeOrder(deps: Dependencies, order: string, by: string): Promise<void> {
  const rows = await getSuborders(deps, order);
  const suspended = rows.filter((row) => row.suspended !== undefined);
  const waits = (await getWaitsOfOrder(deps, order)).filter(({ pending }) => pending?.has(SUSPENDED));
  if (suspended.length === 0 && waits.length === 0)
    throw new StateConflict('NotSuspended', `Order ${order} is not suspended`);
  for (const { suborder } of suspended)
    await writeTogether(deps, [
      {
        Update: {
          TableName: tableName('suborders'),
          Key: suborderKey(order, suborder),
          UpdateExpression: 'REMOVE #suspended',
          ConditionExpression: 'attribute_exists(#suspended)',
          ExpressionAttributeNames: { '#suspended': 'suspended' },
        },
      },
      told(order, suborder, 'RESUME', { by, at: deps.now().toISOString() }),
    ]);
  // Again: a step may have been parked since.
  for (const { wait, pending } of await getWaitsOfOrder(deps, order))
    if (pending?.has(SUSPENDED)) await writeTogether(deps, [openGate(order, wait, SUSPENDED)]);
}

async function suspend(deps: Dependencies, order: string, suborder: string, why: Suspension): Promise<void> {
  await writeTogether(deps, [
    {
      Update: {
        TableName: tableName('suborders'),
        Key: suborderKey(order, suborder),
        UpdateExpression: 'SET #suspended = :why',
        ConditionExpression: `attribute_exists(sk) AND attribute_not_exists(#suspended) AND attribute_not_exists(#endedAt) AND ${NOT_ENDING}`,
        ExpressionAttributeNames: { '#suspended': 'suspended', '#endedAt': 'endedAt', ...ENDS },
        ExpressionAttributeValues: { ':why': why },
      },
    },
    told(order, suborder, 'SUSPEND', { by: why.by, at: why.at, why: why.reason }),
  ]);
}

/** What the history of the order says of it. */
const told = (
  order: string,
  suborder: string,
  what: 'SUSPEND' | 'RESUME',
  deed: Pick<NewEntry, 'by' | 'at'> & Partial<Pick<NewEntry, 'why'>>,
) => historyItem({ subject: order, id: `${suborder}#${what}`, suborder, what, ...deed });

const holdBack = (deps: Dependencies, { order, wait }: Wait): Promise<boolean> =>
  unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'ADD #pending :suspended',
        ConditionExpression: '#status IN (:open, :planned)',
        ExpressionAttributeNames: { '#pending': 'pending', '#status': 'status' },
        ExpressionAttributeValues: {
          ':suspended': new Set([SUSPENDED]),
          ':open': 'open',
          ':planned': 'planned',
        },
      }),
    ),
  );
