import { TechnicalError } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import { stepHistory } from '#shared/history/steps.ts';
import { ON_HOLD } from '#shared/holds/holds.ts';
import { beginEnding } from '#shared/steps/begin-ending.ts';
import { waitId } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isCancelled, isEnding } from '#shared/steps/ending.ts';
import { projectOrderState } from '#shared/steps/order-state.ts';
import { recordStep } from '#shared/steps/record-step.ts';
import { deskOf, isUnanswered, ruleFor } from '#shared/steps/rules.ts';
import { FIRST_RUN, isDone } from '#shared/steps/run-step.ts';
import { type FailedStep, runsAgainAfter, stepFails, stepRunsAgain } from '#shared/steps/step-status.ts';
import { moveSuborder } from '#shared/steps/suborder-state.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { attemptKey, parkWait } from '#shared/steps/waits.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { getStep, getSteps, getSuborder } from '#shared/store/suborders.ts';
import { getWait } from '#shared/store/waits.ts';
import { compensationOf, taskNamed } from '#shared/tasks/registry.ts';
import { type RejectionRule, SELF } from '#shared/tasks/task.ts';
import { failureHistory } from '#shared/work-items/history.ts';
import { openWorkItem } from '#shared/work-items/open.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import { ancestors } from '#state-machines/language/graph.ts';
import { holdStep } from './hold-step.ts';
import { failedStep, type RepairMessage } from './message.ts';

/** Where the flow goes on, and the flags that it goes on with. */
interface Direction {
  readonly resumeAt: string;
  readonly flags: Readonly<Record<string, boolean>>;
}

/**
 * Decides what follows from a failed step, by the rule of its task: a work item for a person, or at once back to a
 * step, on with a flag, or to cancellation. Safe to repeat: the same message opens nothing twice.
 */
export async function routeFailure(deps: Dependencies, received: RepairMessage): Promise<void> {
  const unanswered = await unansweredStep(deps, received);
  if (received.failure.error === ON_HOLD.error) {
    if (unanswered) await markFailed(deps, received, { unanswered });
    return holdStep(deps, received);
  }
  const message = { ...received, undo: received.undo ?? unanswered?.undo };
  const { undo } = message;
  const rule = await ruleOf(deps, message);
  const desk = deskOf(rule);
  if (!desk) {
    if (!(await isRouted(deps, message))) await goOn(deps, message, rule.action, await follow(deps, message));
    return;
  }
  const repaired = desk.from === undefined ? message : await backTo(deps, message, desk.from);
  const { failure } = repaired;
  const asks = rule.action === 'ask-customer' ? desk.tells : undefined;
  // A question is told of when it is put, each one by itself.
  if (!received.undo)
    await hold(
      deps,
      repaired,
      { tells: asks ? undefined : desk.tells, unanswered },
      asks ? 'pending' : 'held',
    );
  const task = undo ?? failure.task;
  await openWorkItem(deps, {
    ...repaired,
    step: failedStep(repaired),
    task,
    title: `Repair: ${taskNamed(task)?.title ?? task}`,
    desk: desk.desk,
    kind: 'fallout',
    reaches: failure.reaches,
    tells: failure.tells,
    failure: { ...failure, undo },
    asks,
  });
}

/**
 * A step that its system may have done although it does not answer. When its suborder ends, it is to be undone, and that is
 * what fails.
 */
async function unansweredStep(
  deps: Dependencies,
  { order, suborder, failure, undo }: RepairMessage,
): Promise<{ takesBack: string | undefined; undo: string | undefined } | undefined> {
  if (undo) return undefined;
  const row = await getSuborder(deps, order, suborder);
  const { takesBack } = flowNamed(row.flow)?.steps.find(({ id }) => id === failure.step) ?? {};
  if (!isUnanswered(failure, takesBack !== undefined)) return undefined;
  const taskBack = compensationOf(taskNamed(failure.task))?.name ?? failure.task;
  return { takesBack, undo: isEnding(row) ? taskBack : undefined };
}

/** The failure as one of the earlier step that asked for the wrong thing: a person corrects that, and it runs again. */
async function backTo(deps: Dependencies, message: RepairMessage, first: string): Promise<RepairMessage> {
  const { order, suborder, failure } = message;
  const { flow } = await getSuborder(deps, order, suborder);
  const step = flowNamed(flow)?.steps.find(({ id }) => id === first);
  if (!step) throw new Error(`${flow} has no step ${first}`);
  const { reaches, tells } = step;
  const repaired = { ...message, failure: { ...failure, step: first, task: step.task.name, reaches, tells } };
  if (!(await isRouted(deps, repaired))) await repeatFrom(deps, message, first);
  return repaired;
}

/** Whether this attempt, or a newer one, was dealt with before: a message can come twice. */
async function isRouted(deps: Dependencies, message: RepairMessage): Promise<boolean> {
  const { order, suborder, attempt } = message;
  const wait = await getWait(deps, order, waitId(suborder, failedStep(message), 'repair'));
  return wait?.attempt !== undefined && wait.attempt >= attemptKey(attempt);
}

/** How often a step may be rejected and run again before a person looks. */
const RERUNS = 5;

/** The rule for a failure: one that runs again and again ends on a desk. */
async function ruleOf(deps: Dependencies, message: RepairMessage): Promise<RejectionRule> {
  const { order, suborder, failure, undo } = message;
  const rule = ruleFor({ ...failure, undo });
  if (rule.action !== 'rerun-from') return rule;
  const record = await getStep(deps, order, suborder, failedStep(message));
  const reruns = (record?.run ?? FIRST_RUN) - FIRST_RUN;
  if (reruns < (rule.atMost ?? RERUNS)) return rule;
  const byHand = ruleFor({ ...failure, error: 'RerunsUsedUp', onReject: {} });
  return byHand.action === 'fallout' && rule.step !== SELF ? { ...byHand, from: rule.step } : byHand;
}

/** Carries out a rule that needs no person. */
async function follow(deps: Dependencies, message: RepairMessage): Promise<Direction> {
  const { failure } = message;
  const rule = await ruleOf(deps, message);
  if (rule.action === 'rerun-from') {
    const first = rule.step === SELF ? failedStep(message) : rule.step;
    await repeatFrom(deps, message, first, rule.tells);
    return { resumeAt: first, flags: rule.flag ? { [rule.flag]: true } : {} };
  }
  if (rule.action === 'end-flow') {
    await completeWithOutcome(deps, message, rule);
    return { resumeAt: 'end', flags: {} };
  }
  if (rule.action === 'continue-with-flag') {
    if (rule.tells) await markFailed(deps, message, rule);
    await completeWithFlag(deps, message, rule);
    return { resumeAt: failure.step, flags: { [rule.flag]: true } };
  }
  if (rule.tells) await markFailed(deps, message, rule);
  if (rule.action === 'fail-item') await failItem(deps, message);
  return { resumeAt: 'cancel', flags: {} };
}

/** The undo then finds that the suborder is to end as failed. */
async function failItem(deps: Dependencies, { order, suborder }: RepairMessage): Promise<void> {
  const row = await getSuborder(deps, order, suborder);
  if (isCancelled(row) || (await beginEnding(deps, [row], { ends: 'failed' }))) return;
  throw new TechnicalError('Conflict', `Others kept writing suborder ${order}-${suborder}`);
}

/** The token is answered at once. */
async function goOn(
  deps: Dependencies,
  message: RepairMessage,
  routedTo: string,
  direction: Direction,
): Promise<void> {
  const { order, suborder, failure, attempt, taskToken, timeLimitSeconds } = message;
  await parkWait(deps, {
    order,
    suborder,
    step: failedStep(message),
    task: failure.task,
    kind: 'repair',
    token: taskToken,
    attempt: attemptKey(attempt),
    reason: `Repair: ${failure.error}`,
    dueAt: new Date(Date.parse(attempt.enteredAt) + timeLimitSeconds * 1000).toISOString(),
    outcome: { result: { ...direction } },
    extra: [
      failureHistory(
        { order, suborder, step: failedStep(message), task: failure.task, attempt },
        { ...failure, routedTo },
      ),
    ],
  });
}

/** The step shows that it failed, and the suborder is held until somebody has repaired it, or waits for the customer. */
async function hold(
  deps: Dependencies,
  message: RepairMessage,
  told: Pick<FailedStep, 'tells' | 'unanswered'>,
  state: 'held' | 'pending',
): Promise<void> {
  const { order, suborder } = message;
  await markFailed(deps, message, told);
  await writeTogether(deps, [
    moveSuborder(order, suborder, state === 'held' ? ['inProgress', 'pending'] : ['inProgress'], state),
  ]);
  await projectOrderState(deps, order);
}

async function markFailed(
  deps: Dependencies,
  message: RepairMessage,
  { tells, unanswered }: Pick<FailedStep, 'tells' | 'unanswered'>,
): Promise<void> {
  const { order, suborder, failure } = message;
  const { task } = failure;
  const at = deps.now().toISOString();
  await writeTogether(deps, [
    stepFails({ order, suborder, step: failedStep(message), task, run: FIRST_RUN, at, tells, unanswered }),
  ]);
}

/** The steps from `first` to the one that failed run again, as new runs with effects of their own. */
async function repeatFrom(
  deps: Dependencies,
  message: RepairMessage,
  first: string,
  tells?: MessageTemplate,
): Promise<void> {
  const { order, suborder } = message;
  const failed = failedStep(message);
  const [row, records] = await Promise.all([
    getSuborder(deps, order, suborder),
    getSteps(deps, order, suborder),
  ]);
  const flow = flowNamed(row.flow);
  const before = flow && ancestors(flow);
  const repeats = (step: string) =>
    step === failed || step === first || (before?.get(failed)?.has(step) && before.get(step)?.has(first));
  await markFailed(deps, message, { tells });
  const start = records.find(({ step, status }) => step === first && status === 'done');
  const again = records.filter(({ step, status }) => repeats(step) && status !== 'obsolete');
  const done = again.filter(isDone).length;
  const at = deps.now().toISOString();
  await writeTogether(deps, [
    ...again.flatMap((record) => [
      stepRunsAgain(record, at, replacesFormer(record)),
      ...(isDone(record) ? [stepHistory(record)] : []),
    ]),
    runsAgainAfter(order, suborder, done, message.failure, start ? keptFrom(start) : {}),
  ]);
}

const replacesFormer = ({ task: name, status }: StepRecord): boolean => {
  const task = taskNamed(name);
  return status === 'done' && task?.kind === 'system' && task.replaces !== undefined;
};

/** What the next run of a step starts from. */
const keptFrom = ({ task, outputs }: StepRecord): Facts =>
  Object.fromEntries(
    (taskNamed(task)?.keeps ?? []).flatMap((name) =>
      outputs[name] === undefined ? [] : [[name, outputs[name]]],
    ),
  );

/** The rejection is an outcome that the flow can go on with; the customer is told what the rule says, not that the step is done. */
const completeWithFlag = (
  deps: Dependencies,
  message: RepairMessage,
  { flag, misses }: Extract<RejectionRule, { action: 'continue-with-flag' }>,
): Promise<void> =>
  completeStep(deps, message, { [flag]: true }, { reaches: misses ? undefined : message.failure.reaches });

/** The rejection says that nothing more is to be done; what the step would have reached is not reached. */
const completeWithOutcome = (
  deps: Dependencies,
  message: RepairMessage,
  { outcome, tells }: Extract<RejectionRule, { action: 'end-flow' }>,
): Promise<void> => completeStep(deps, message, { outcome }, { tells });

async function completeStep(
  deps: Dependencies,
  message: RepairMessage,
  outputs: Readonly<Record<string, unknown>>,
  { reaches, tells }: Pick<RepairMessage['failure'], 'reaches' | 'tells'>,
): Promise<void> {
  const { order, suborder, failure } = message;
  const step = failedStep(message);
  const [row, record] = await Promise.all([
    getSuborder(deps, order, suborder),
    getStep(deps, order, suborder, step),
  ]);
  const run = { step, task: failure.task, run: record?.run ?? FIRST_RUN };
  await recordStep(deps, row, run, { outputs, by: 'rule', reaches, tells, at: deps.now().toISOString() });
}
