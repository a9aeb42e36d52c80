import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { AMENDED } from '#shared/amendment/amended.ts';
import { answerToken } from '#shared/clients/task-tokens.ts';
import { tableName } from '#shared/store/client.ts';
import type { Wait } from '#shared/store/records.ts';
import { getStep, getSteps, getSuborder } from '#shared/store/suborders.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { endWaits } from './end-waits.ts';
import { projectOrderState } from './order-state.ts';
import { openRemainingGates, recordStep } from './record-step.ts';
import { FIRST_RUN } from './run-step.ts';
import { type StartDependencies, startSuborder } from './start-suborder.ts';
import { moveSuborder } from './suborder-state.ts';
import { keepTime } from './timetable.ts';
import { writeTogether } from './transaction.ts';

export interface ResumeDependencies extends StartDependencies {
  /** Has the wait looked at again at that time. */
  readonly wakeAt: (time: string, wait: Pick<Wait, 'order' | 'wait'>) => Promise<void>;
}

/** What became of a look at a wait. `closed`: the token was answered or gave up before; the state machine has gone on without it. */
export type Resumption = 'waiting' | 'resumed' | 'closed';

/**
 * Resumes a wait when it has all it needs: nothing pending, an outcome, a token, and its time has come.
 * Safe to repeat, and it does not matter which of them came last.
 */
export async function resumeWait(deps: ResumeDependencies, wait: Wait): Promise<Resumption> {
  const { order, suborder, token, status, leaves } = wait;
  const { pending, notBefore, outcome } = leaves
    ? { pending: undefined, notBefore: undefined, outcome: leaves }
    : wait;
  if (status === 'resumed' || status === 'closed') return status;
  if (pending?.has(AMENDED)) await endWaits(deps, await getSuborder(deps, order, suborder));
  if (pending && pending.size > 0) return 'waiting';
  if (wait.kind !== 'start' && !outcome && token) await keepTime(deps, wait);
  if (wait.kind !== 'start' && !(token && outcome)) return 'waiting';
  const failed = outcome && 'error' in outcome;
  if (notBefore && !failed && Date.parse(notBefore) > deps.now().getTime()) {
    await deps.wakeAt(notBefore, wait);
    return 'waiting';
  }
  if (wait.kind === 'start') {
    await startSuborder(deps, await getSuborder(deps, order, suborder));
    await settle(deps, wait, 'resumed');
    return 'resumed';
  }
  if (!token || !outcome) return 'waiting';
  if ('result' in outcome) await finishStep(deps, wait);
  // Before the flow goes on: the step may fail again at once, and then holds the suborder anew.
  if (wait.kind === 'repair') await endHold(deps, wait);
  const answered = await answerToken(deps.stepFunctions, token, outcome);
  await settle(deps, wait, answered);
  return answered;
}

/** A repaired suborder moves again, unless another of its steps waits for repair too. */
async function endHold(deps: ResumeDependencies, { order, suborder, step }: Wait): Promise<void> {
  const steps = await getSteps(deps, order, suborder);
  if (steps.some((other) => other.status === 'fallout' && other.step !== step)) return;
  const moved = await writeTogether(deps, [moveSuborder(order, suborder, ['held', 'pending'], 'inProgress')]);
  if (!moved) await projectOrderState(deps, order);
}

/** A timer's step is done when its time has come; other steps were recorded with the outcome. */
async function finishStep(
  deps: ResumeDependencies,
  { order, suborder, step, kind, completion }: Wait,
): Promise<void> {
  const recordedWithOutcome = kind === 'manual' || kind === 'event';
  if (!completion || !(kind === 'timer' || (recordedWithOutcome && completion.reaches))) return;
  const [row, record] = await Promise.all([
    getSuborder(deps, order, suborder),
    getStep(deps, order, suborder, step),
  ]);
  const { task, reaches, tells } = completion;
  if (recordedWithOutcome) return openRemainingGates(deps, row, { reaches, outputs: record?.outputs ?? {} });
  const run = { step, task, run: record?.run ?? FIRST_RUN };
  await recordStep(deps, row, run, {
    outputs: {},
    by: 'timer',
    reaches,
    tells,
    at: deps.now().toISOString(),
  });
}

/** Marks the wait as over and forgets its token, unless a newer attempt has parked one meanwhile. */
async function settle(deps: ResumeDependencies, wait: Wait, status: 'resumed' | 'closed'): Promise<void> {
  await unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('waits'),
        Key: { order: wait.order, wait: wait.wait },
        UpdateExpression: 'SET #status = :status REMOVE #token',
        ConditionExpression: wait.token ? '#token = :token' : 'attribute_not_exists(#token)',
        ExpressionAttributeNames: { '#status': 'status', '#token': 'token' },
        ExpressionAttributeValues: { ':status': status, ...(wait.token && { ':token': wait.token }) },
      }),
    ),
  );
}
