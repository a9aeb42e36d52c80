import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { settleCancellations } from '#shared/cancellation/settle.ts';
import { StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import { DEFAULT_FAILURE_POLICY, type FailurePolicy } from '#shared/domain/failure-policy.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { tableName } from '#shared/store/client.ts';
import { loadDocument } from '#shared/store/orders.ts';
import type { Opening, StepRecord, Suborder } from '#shared/store/records.ts';
import { getSteps, getSuborder, getSuborders } from '#shared/store/suborders.ts';
import { compensationOf, taskNamed } from '#shared/tasks/registry.ts';
import { beginEnding, confirm, type Ending, isStarted } from './begin-ending.ts';
import { isLinked, openGate, startWait, suborderKey, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { endWaits } from './end-waits.ts';
import { ENDS, isCancelled, isEnding, NOT_ENDING, suborderEnding } from './ending.ts';
import { projectOrderState } from './order-state.ts';
import { hasAnEffect } from './step-status.ts';
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
  const row = await endSuborder(deps, order, suborder, { ends: 'cancelled' });
  if (!isEnding(row)) return { steps: [] };
  if ((await policyOf(deps, row)) === 'stopAll') await stopOthers(deps, row);
  const steps = await stepsToUndo(deps, order, suborder);
  return { steps: steps.map((undo) => ({ ...undo, with: fixedInputs(row.flow, undo.step) })) };
}

/** A suborder whose end was asked for, or that another one's brought about, decides nothing about others by itself. */
async function policyOf(
  deps: Dependencies,
  { order, suborder, cancelledBy }: Suborder,
): Promise<FailurePolicy> {
  if (cancelledBy !== undefined || suborder === MANAGEMENT) return DEFAULT_FAILURE_POLICY;
  const { itemFailurePolicy } = await loadDocument(deps.documents, order);
  return itemFailurePolicy ?? DEFAULT_FAILURE_POLICY;
}

/** The order's other items stop too, but for those that are past their hard point of no return. */
async function stopOthers(deps: Dependencies, { order, suborder }: Suborder): Promise<void> {
  for (const other of await getSuborders(deps, order))
    if (other.suborder !== MANAGEMENT && other.suborder !== suborder && !isCancelled(other))
      await endSuborder(deps, order, other.suborder, {
        ends: 'cancelled',
        cancelledBy: `${order}-${suborder}`,
      });
}

const ATTEMPTS = 5;

/**
 * Decides that a suborder ends, unless it is decided or has ended before, and has its flow leave every wait. One that
 * has not started is over with that; one that another asks to end goes on when it is past its hard point of no return.
 * @returns the suborder, as it is after that
 */
export async function endSuborder(
  deps: Dependencies,
  order: string,
  suborder: string,
  ending: Ending,
): Promise<Suborder> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await getSuborder(deps, order, suborder);
    if (row.endedAt !== undefined) return row;
    if (ending.cancelledBy !== undefined && row.passedHard !== undefined && !isCancelled(row)) return row;
    if (isCancelled(row)) {
      await carryOutEnding(deps, row);
      return row;
    }
    if (!(await beginEnding(deps, [row], ending))) continue;
    const ends = { ...row, ...ending };
    await carryOutEnding(deps, ends);
    return ends;
  }
  throw new TechnicalError('Conflict', `Others kept writing suborder ${order}-${suborder}`);
}

/** Does what follows from the decision that a suborder ends. Safe to repeat. */
export async function carryOutEnding(deps: Dependencies, row: Suborder): Promise<void> {
  const { order, suborder } = row;
  await confirm(deps, [row]);
  await endWaits(deps, row);
  await projectOrderState(deps, order);
  if (isStarted(row)) return;
  try {
    await endCancelled(deps, order, suborder);
  } catch (error) {
    // It was being started at that moment: its execution undoes what it has done, and ends it.
    if (!(error instanceof StateConflict)) throw error;
  }
}

/** Whether a step is among those that are taken back. */
type IsMeant = (step: string) => boolean;

/** Completed steps that can be undone, the latest first. */
export const stepsToUndo = async (deps: Dependencies, order: string, suborder: string, isMeant?: IsMeant) =>
  undoableOf(await getSteps(deps, order, suborder), isMeant);

/**
 * Of the records of a suborder's steps, those that can be undone and were not by a later step, the latest first. When
 * that later step is undone itself, what it had taken back stands again, and is undone too.
 */
export function undoableOf(
  records: readonly StepRecord[],
  isMeant: IsMeant = () => true,
): Pick<StepToUndo, 'step' | 'task'>[] {
  const done = records.filter(hasAnEffect).map((record) => ({
    ...record,
    undo: isMeant(record.step) ? compensationOf(taskNamed(record.task)) : undefined,
  }));
  const takenBack = new Set(done.filter(({ undo }) => !undo).map(({ takesBack }) => takesBack));
  return done
    .sort((a, b) => b.at.localeCompare(a.at))
    .flatMap(({ step, undo }) => (undo && !takenBack.has(step) ? [{ step, task: undo.name }] : []));
}

/**
 * A suborder has ended as was decided. Who waits for its end goes on; who waits for a milestone that will never come
 * now fails at its gate, so that it is cancelled too, or goes on without it if that is the order's policy. What
 * order management has planned and not started ends with it.
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
  // Begun again, because the order was changed: what is left of an execution before that has nothing to end.
  if (!isEnding(row)) return { status: row.state };
  if (left.length > 0)
    throw new StateConflict(
      'UndoIncomplete',
      `${left.length} steps of suborder ${order}-${suborder} completed after their undo was prepared`,
    );
  const goesOn = (await policyOf(deps, row)) === 'continue';
  for (const { wait, entry } of openingsOnMissing(row))
    if (goesOn) await writeTogether(deps, [openGate(order, wait, entry)]);
    else await failGate(deps, row, wait);
  await writeTogether(deps, [
    ended(row, deps.now().toISOString()),
    ...(row.opens.ENDED ?? []).map(({ wait, entry }) => openGate(order, wait, entry)),
  ]);
  if (suborder === MANAGEMENT)
    for (const item of await getSuborders(deps, order))
      if (!isStarted(item)) await endSuborder(deps, order, item.suborder, { ends: 'cancelled' });
  await projectOrderState(deps, order);
  await settleCancellations(deps, order);
  return { status: row.ends ?? row.state };
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
  for (const { wait } of openingsOnMissing({ ...row, milestones: { ...row.milestones, COMPLETE: at } }))
    await failGate(deps, row, wait);
  const opened = [...(row.opens.COMPLETE ?? []), ...(row.opens.ENDED ?? [])];
  const refused = await writeTogether(deps, [
    complete(row, at),
    ...opened.map(({ wait, entry }) => openGate(order, wait, entry)),
  ]);
  if (refused && isEnding(await getSuborder(deps, order, suborder))) throw suborderEnding(row);
  if (refused) throw new TechnicalError('Conflict', `Suborder ${order}-${suborder} changed meanwhile`);
  await projectOrderState(deps, order);
  return { status: 'completed' };
}

const complete = ({ order, suborder, linked }: Suborder, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    UpdateExpression:
      'SET #state = :completed, #endedAt = :at, #milestones.#complete = :at, #milestones.#ended = :at',
    ConditionExpression: `${NOT_ENDING} AND ${isLinked(linked)}`,
    ExpressionAttributeNames: {
      '#state': 'state',
      '#endedAt': 'endedAt',
      '#milestones': 'milestones',
      '#complete': 'COMPLETE' satisfies Milestone,
      '#ended': 'ENDED' satisfies Milestone,
      '#linked': 'linked',
      ...ENDS,
    },
    ExpressionAttributeValues: {
      ':completed': 'completed',
      ':at': at,
      ...(linked !== undefined && { ':linked': linked }),
    },
  },
});

const ended = ({ order, suborder }: Suborder, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    UpdateExpression: 'SET #state = #ends, #endedAt = :at, #milestones.#ended = :at',
    ConditionExpression: 'attribute_exists(#ends) AND attribute_not_exists(#endedAt)',
    ExpressionAttributeNames: {
      '#state': 'state',
      '#endedAt': 'endedAt',
      '#milestones': 'milestones',
      '#ended': 'ENDED' satisfies Milestone,
      ...ENDS,
    },
    ExpressionAttributeValues: { ':at': at },
  },
});

/** What of the waits of other suborders this one has not opened, each once. */
function openingsOnMissing({ opens, milestones }: Suborder): readonly Opening[] {
  const id = ({ wait, entry }: Opening) => `${wait} ${entry}`;
  const all = Object.entries(opens).flatMap(([milestone, openings]) =>
    milestone === 'ENDED' ? [] : openings.map((opening) => ({ milestone, opening })),
  );
  const opened = new Set(
    all.flatMap(({ milestone, opening }) => (Object.hasOwn(milestones, milestone) ? [id(opening)] : [])),
  );
  const missing = all.filter(({ opening }) => !opened.has(id(opening)));
  return [...new Map(missing.map(({ opening }) => [id(opening), opening])).values()];
}

/** A suborder whose start waits is over before it started. */
async function failGate(
  deps: Dependencies,
  { order, suborder, ends }: Suborder,
  wait: string,
): Promise<void> {
  const [dependent = ''] = wait.split('#');
  if (wait === startWait(dependent)) {
    await endSuborder(deps, order, dependent, { ends: 'cancelled' });
    return;
  }
  await deps.documents.send(
    new UpdateCommand({
      TableName: tableName('waits'),
      Key: { order, wait },
      UpdateExpression: 'SET #outcome = :outcome REMOVE #pending',
      ExpressionAttributeNames: { '#outcome': 'outcome', '#pending': 'pending' },
      ExpressionAttributeValues: {
        ':outcome': {
          error: 'DependencyCancelled',
          cause: `Suborder ${order}-${suborder} ${ends === 'failed' ? 'has failed' : 'was cancelled'}`,
        },
      },
    }),
  );
}
