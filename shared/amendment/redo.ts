import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import { stepHistory } from '#shared/history/steps.ts';
import { type FixedInputs, type StepToUndo, stepsToUndo, undoableOf } from '#shared/steps/cancel-suborder.ts';
import { openGate, startWait, suborderKey, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { endWaits } from '#shared/steps/end-waits.ts';
import { projectOrderState } from '#shared/steps/order-state.ts';
import { isDone } from '#shared/steps/run-step.ts';
import { stepRunsAgain } from '#shared/steps/step-status.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { historyItem, MILEPOST } from '#shared/store/history.ts';
import type { StepRecord, Suborder } from '#shared/store/records.ts';
import { getSteps, getSuborder } from '#shared/store/suborders.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { AMENDED } from './amended.ts';
import { gatesTakenBack, lostMilestones } from './taken-back.ts';

/** Which of the steps that were reached a change affects: those that are done again. */
export type AffectedSteps = (row: Suborder, records: readonly StepRecord[]) => ReadonlySet<string>;

/** Whether a suborder is changed at this moment, and how. */
const amendsOf = ({ ends, amends }: Suborder) => (ends === 'amended' ? amends : undefined);

/**
 * The flow of a suborder that is changed has left what it waited for: what the change affects is listed, so that it is
 * undone, and what it had opened for others that have not gone on is closed again.
 * @returns the completed steps to undo, the latest first; undefined when the suborder is not being changed
 */
export async function prepareRedo(
  deps: Dependencies,
  order: string,
  suborder: string,
  affectedBy: AffectedSteps,
  fixedInputs: FixedInputs,
): Promise<{ steps: StepToUndo[] } | undefined> {
  const row = await getSuborder(deps, order, suborder);
  if (!amendsOf(row)) return undefined;
  await endWaits(deps, row);
  const records = await getSteps(deps, order, suborder);
  const affected = affectedBy(row, records);
  for (const opening of gatesTakenBack(row, records, affected)) await closeGate(deps, order, opening);
  await unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('suborders'),
        Key: suborderKey(order, suborder),
        UpdateExpression: 'SET #amends.#affected = :affected, #amends.#done = :done',
        ConditionExpression: '#ends = :amended',
        ExpressionAttributeNames: {
          '#amends': 'amends',
          '#affected': 'affected',
          '#done': 'done',
          '#ends': 'ends',
        },
        ExpressionAttributeValues: { ':affected': [...affected], ':done': row.done, ':amended': 'amended' },
      }),
    ),
  );
  const steps = await stepsToUndo(deps, order, suborder, (step) => affected.has(step));
  return { steps: steps.map((undo) => ({ ...undo, with: fixedInputs(row.flow, undo.step) })) };
}

/** Others that have gone on are left alone. */
const closeGate = (
  deps: Dependencies,
  order: string,
  { wait, entry }: { readonly wait: string; readonly entry: string },
): Promise<boolean> =>
  unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'ADD #pending :entry',
        ConditionExpression: '#status = :planned OR attribute_exists(#pending)',
        ExpressionAttributeNames: { '#pending': 'pending', '#status': 'status' },
        ExpressionAttributeValues: { ':entry': new Set([entry]), ':planned': 'planned' },
      }),
    ),
  );

/**
 * What a change affects has been undone: in one transaction those steps run again, the suborder knows what has changed,
 * and its start is not held back any more. Its next execution finds done what the change does not affect.
 * @returns undefined when the suborder is not being changed
 * @throws StateConflict `UndoIncomplete` when a step completed meanwhile: undo again
 */
export async function redo(
  deps: Dependencies,
  order: string,
  suborder: string,
): Promise<{ status: 'amended' } | undefined> {
  const row = await getSuborder(deps, order, suborder);
  const amends = amendsOf(row);
  if (!amends) return undefined;
  const affected = new Set(amends.affected);
  const records = await getSteps(deps, order, suborder);
  const left = undoableOf(records, (step) => affected.has(step));
  if (amends.affected === undefined || amends.done !== row.done || left.length > 0)
    throw new StateConflict(
      'UndoIncomplete',
      `Steps of suborder ${order}-${suborder} completed after their undo was prepared`,
    );
  const again = records.filter(({ step, status }) => affected.has(step) && status !== 'obsolete');
  const at = deps.now().toISOString();
  const refused = await writeTogether(deps, [
    begunAgain(row, amends, records, affected),
    openGate(order, startWait(suborder), AMENDED),
    ...again.flatMap((record) => [stepRunsAgain(record, at), ...remembered(record)]),
  ]);
  if (refused) throw new TechnicalError('Conflict', `Others kept writing suborder ${order}-${suborder}`);
  await projectOrderState(deps, order);
  return { status: 'amended' };
}

/** What the history is told of a step whose record is written over. */
function remembered(record: StepRecord): TransactItem[] {
  if (isDone(record)) return [stepHistory(record)];
  if (record.status !== 'undone') return [];
  const { order: subject, suborder, step, task, run, at } = record;
  const id = `${suborder}#${step}#STEP_UNDONE#${run}`;
  const undone = {
    subject,
    id,
    at,
    what: 'STEP_UNDONE',
    by: MILEPOST,
    suborder,
    step,
    task,
    details: { run },
  };
  return [stepHistory(record), historyItem(undone)];
}

function begunAgain(
  { order, suborder, done, milestones, passedSoft, restarts = 0 }: Suborder,
  { facts, flags, steps, noReturn }: NonNullable<Suborder['amends']>,
  records: readonly StepRecord[],
  affected: ReadonlySet<string>,
): TransactItem {
  const counted = records.filter(
    (record) => affected.has(record.step) && (isDone(record) || record.status === 'undone'),
  );
  const gone = new Set(lostMilestones(records, affected));
  const isTakenBack = passedSoft !== undefined && affected.has(passedSoft);
  return {
    Update: {
      TableName: tableName('suborders'),
      Key: suborderKey(order, suborder),
      UpdateExpression: `SET #facts = :facts, #flags = :flags, #steps = :steps, #noReturn = :noReturn, #milestones = :milestones, #restarts = :restarts, #done = :left REMOVE #ends, #amends${isTakenBack ? ', #passedSoft' : ''}`,
      ConditionExpression: '#ends = :amended AND #done = :done',
      ExpressionAttributeNames: {
        '#facts': 'facts',
        '#flags': 'flags',
        '#steps': 'steps',
        '#noReturn': 'noReturn',
        '#milestones': 'milestones',
        '#restarts': 'restarts',
        '#done': 'done',
        '#ends': 'ends',
        '#amends': 'amends',
        ...(isTakenBack && { '#passedSoft': 'passedSoft' }),
      },
      ExpressionAttributeValues: {
        ':facts': facts,
        ':flags': flags,
        ':steps': steps,
        ':noReturn': noReturn ?? {},
        ':milestones': Object.fromEntries(Object.entries(milestones).filter(([name]) => !gone.has(name))),
        ':restarts': restarts + 1,
        ':done': done,
        ':left': done - counted.length,
        ':amended': 'amended',
      },
    },
  };
}
