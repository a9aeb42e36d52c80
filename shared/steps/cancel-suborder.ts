import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder, Wait, WorkItem } from '#shared/store/records.ts';
import { getStep, getSteps, getSuborder } from '#shared/store/suborders.ts';
import { closeWait, getWaits } from '#shared/store/waits.ts';
import { closeWorkItem, isLive, readWorkItem, workItemId } from '#shared/store/work-items.ts';
import { compensationOf, taskNamed } from '#shared/tasks/registry.ts';
import { openGate, suborderKey, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { projectOrderState } from './order-state.ts';
import { FIRST_RUN } from './run-step.ts';
import { startWait } from './start-all.ts';
import { moveSuborder } from './suborder-state.ts';
import { writeTogether } from './transaction.ts';

/** A completed step and the compensation that takes it back. */
export interface StepToUndo {
  readonly step: string;
  readonly task: string;
  /** Inputs that the flow fixed for the step: its compensation may need them. */
  readonly with: Readonly<Record<string, unknown>>;
}

/** The inputs that a flow fixes for a step. */
export type FixedInputs = (flow: string, step: string) => Readonly<Record<string, unknown>>;

/**
 * A suborder begins to end: no new step starts from now on, nothing that waits can be completed any more, and work
 * items are taken off their desks with a note. What was completed before that is listed, so that it is undone.
 * @returns its completed steps that can be undone, in the reverse of the order in which they completed
 */
export async function prepareUndo(
  deps: Dependencies,
  order: string,
  suborder: string,
  fixedInputs: FixedInputs,
): Promise<{ steps: StepToUndo[] }> {
  // TMF622 lets a suborder come to `pendingCancellation` by way of `assessingCancellation` only.
  await writeTogether(deps, [moveSuborder(order, suborder, MAY_END, 'assessingCancellation')]);
  await writeTogether(deps, [
    moveSuborder(order, suborder, ['assessingCancellation'], 'pendingCancellation'),
  ]);
  await closeWaits(deps, order, suborder);
  const [{ flow }, steps] = await Promise.all([
    getSuborder(deps, order, suborder),
    stepsToUndo(deps, order, suborder),
  ]);
  return { steps: steps.map((undo) => ({ ...undo, with: fixedInputs(flow, undo.step) })) };
}

const MAY_END = ['acknowledged', 'inProgress', 'pending', 'held'] as const;

/** Completed steps that can be undone, the latest first. */
async function stepsToUndo(
  deps: Dependencies,
  order: string,
  suborder: string,
): Promise<Pick<StepToUndo, 'step' | 'task'>[]> {
  const done = (await getSteps(deps, order, suborder)).filter(({ status }) => status === 'done');
  const latestFirst = done.sort((a, b) => b.at.localeCompare(a.at));
  return latestFirst.flatMap(({ step, task }) => {
    const undo = compensationOf(taskNamed(task));
    return undo ? [{ step, task: undo.name }] : [];
  });
}

/** Other branches of the flow may wait still: their execution has left them. */
async function closeWaits(deps: Dependencies, order: string, suborder: string): Promise<void> {
  const at = deps.now().toISOString();
  for (const wait of await getWaits(deps, order, suborder)) {
    if (wait.status === 'open' && !wait.outcome) await close(deps, wait, at);
  }
}

const ATTEMPTS = 5;

/** Somebody may touch the work item meanwhile: then the two are looked at again, so that neither stays alone. */
async function close(deps: Dependencies, wait: Wait, at: string): Promise<void> {
  const note = 'The suborder is cancelled';
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await workItemOf(deps, wait);
    const refused = await writeTogether(deps, [
      closeWait(wait),
      ...(item && isLive(item.state) ? [closeWorkItem(item, { by: 'milepost', note, at })] : []),
    ]);
    if (!refused || refused.includes(WAIT)) return;
  }
  throw new TechnicalError('Conflict', `Others kept writing the work item of ${wait.order} ${wait.wait}`);
}

/** Where the wait stands among the writes that close it: when it is refused, it has its outcome. */
const WAIT = 0;

async function workItemOf(
  deps: Dependencies,
  { order, suborder, step, kind }: Wait,
): Promise<WorkItem | undefined> {
  if (kind !== 'manual' && kind !== 'repair') return undefined;
  const record = await getStep(deps, order, suborder, step);
  const ref = { order, suborder, step, run: record?.run ?? FIRST_RUN };
  return readWorkItem(deps, workItemId({ ...ref, kind: kind === 'manual' ? 'manual' : 'fallout' }));
}

/**
 * A suborder has ended as cancelled. Who waits for its end goes on; who waits for a milestone that will never come
 * now fails at its gate, so that it is cancelled too (the default policy: an item's dependents stop with it).
 * @throws StateConflict `UndoIncomplete` when a step of a branch that was left completed meanwhile: undo again
 */
export async function endCancelled(
  deps: Dependencies,
  order: string,
  suborder: string,
): Promise<{ status: string }> {
  const [row, left] = await Promise.all([
    getSuborder(deps, order, suborder),
    stepsToUndo(deps, order, suborder),
  ]);
  if (left.length > 0)
    throw new StateConflict(
      'UndoIncomplete',
      `${left.length} steps of suborder ${order}-${suborder} completed after their undo was prepared`,
    );
  const at = deps.now().toISOString();
  const dependents = waitsOnMissing(row);
  for (const wait of dependents) await failGate(deps, row, wait);
  await writeTogether(deps, [
    ended(row, at),
    ...(row.opens.ENDED ?? []).map(({ wait, entry }) => openGate(order, wait, entry)),
  ]);
  await projectOrderState(deps, order);
  return { status: 'cancelled' };
}

/**
 * Nothing more is to be done: a suborder is complete before its last step. Whoever waits for its end goes on; whoever
 * waits for a milestone that it did not reach is cancelled.
 * @throws StateConflict `SuborderEnding` when it is being cancelled
 */
export async function endEarly(
  deps: Dependencies,
  order: string,
  suborder: string,
): Promise<{ status: string }> {
  const row = await getSuborder(deps, order, suborder);
  if (row.state === 'completed') return { status: 'completed' };
  const at = deps.now().toISOString();
  for (const wait of waitsOnMissing({ ...row, milestones: { ...row.milestones, COMPLETE: at } }))
    await failGate(deps, row, wait);
  const opened = [...(row.opens.COMPLETE ?? []), ...(row.opens.ENDED ?? [])];
  const refused = await writeTogether(deps, [
    complete(row, at),
    ...opened.map(({ wait, entry }) => openGate(order, wait, entry)),
  ]);
  if (refused) throw new StateConflict('SuborderEnding', `Suborder ${order}-${suborder} is being cancelled`);
  await projectOrderState(deps, order);
  return { status: 'completed' };
}

const complete = ({ order, suborder }: Suborder, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    UpdateExpression:
      'SET #state = :completed, #endedAt = :at, #milestones.#complete = :at, #milestones.#ended = :at',
    ConditionExpression: 'NOT #state IN (:ending, :cancelled)',
    ExpressionAttributeNames: {
      '#state': 'state',
      '#endedAt': 'endedAt',
      '#milestones': 'milestones',
      '#complete': 'COMPLETE' satisfies Milestone,
      '#ended': 'ENDED' satisfies Milestone,
    },
    ExpressionAttributeValues: {
      ':completed': 'completed',
      ':ending': 'pendingCancellation',
      ':cancelled': 'cancelled',
      ':at': at,
    },
  },
});

const ended = ({ order, suborder }: Suborder, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    UpdateExpression: 'SET #state = :cancelled, #endedAt = :at, #milestones.#ended = :at',
    ConditionExpression: '#state = :pending',
    ExpressionAttributeNames: {
      '#state': 'state',
      '#endedAt': 'endedAt',
      '#milestones': 'milestones',
      '#ended': 'ENDED' satisfies Milestone,
    },
    ExpressionAttributeValues: { ':cancelled': 'cancelled', ':pending': 'pendingCancellation', ':at': at },
  },
});

/** Waits of other suborders for milestones that this one has not reached. */
function waitsOnMissing({ opens, milestones }: Suborder): ReadonlySet<string> {
  const missing = Object.entries(opens).filter(
    ([milestone]) => milestone !== 'ENDED' && !Object.hasOwn(milestones, milestone),
  );
  const reached = new Set(
    Object.entries(opens).flatMap(([milestone, openings]) =>
      Object.hasOwn(milestones, milestone) ? openings.map(({ wait, entry }) => `${wait} ${entry}`) : [],
    ),
  );
  return new Set(
    missing.flatMap(([, openings]) =>
      openings.flatMap(({ wait, entry }) => (reached.has(`${wait} ${entry}`) ? [] : [wait])),
    ),
  );
}

/** A suborder whose start waits is started to be cancelled by its first step, so that every end goes the same way. */
async function failGate(deps: Dependencies, { order, suborder }: Suborder, wait: string): Promise<void> {
  const [dependent = ''] = wait.split('#');
  if (wait === startWait(dependent))
    await writeTogether(deps, [moveSuborder(order, dependent, ['acknowledged'], 'pendingCancellation')]);
  await deps.documents.send(
    new UpdateCommand({
      TableName: tableName('waits'),
      Key: { order, wait },
      UpdateExpression: 'SET #outcome = :outcome REMOVE #pending',
      ExpressionAttributeNames: { '#outcome': 'outcome', '#pending': 'pending' },
      ExpressionAttributeValues: {
        ':outcome': { error: 'DependencyCancelled', cause: `Suborder ${order}-${suborder} was cancelled` },
      },
    }),
  );
}
