import * as z from 'zod';
import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import { holdsOn, ON_HOLD } from '#shared/holds/holds.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import { waitId } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isEnding, SUBORDER_ENDING } from '#shared/steps/ending.ts';
import { collectInput, knownFacts } from '#shared/steps/inputs.ts';
import { mayBegin } from '#shared/steps/no-return.ts';
import { readWork } from '#shared/steps/read-work.ts';
import { FIRST_RUN } from '#shared/steps/run-step.ts';
import { attemptKey, parkWait } from '#shared/steps/waits.ts';
import { failAgain } from '#shared/store/bulk-repairs.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import { readJeopardy } from '#shared/store/jeopardy.ts';
import type { StepRecord, Suborder, WorkItem } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import {
  closeWorkItem,
  isLive,
  listKeys,
  readWorkItem,
  workItemId,
  writeWorkItem,
} from '#shared/store/work-items.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { priorityOf } from '#shared/timing/jeopardy.ts';
import { tellsCustomer } from './ask.ts';
import { failureHistory } from './history.ts';
import { reopen } from './lifecycle.ts';
import { type DeskMessage, opened, secondsLater, waitKindOf } from './message.ts';
import { answerable, answerBy, MOST_QUESTIONS, type Question, remindersUntil } from './question.ts';

/** How soon somebody should look at a failed step, and do an undo; manual work is expected to take what its task says. */
const EXPECTED: Readonly<Record<'fallout' | 'undo', IsoDuration>> = { fallout: 'PT4H', undo: 'P1D' };

/**
 * Puts work on a desk: (1) look what is known of the step; (2) in one transaction: park the token, put the work
 * item on the desk, and take the manual work off its desk that this failure replaces. The same message again
 * changes nothing; a newer attempt keeps the work item and whoever holds it, or puts it back on its desk.
 */
export async function openWorkItem(
  deps: Dependencies,
  message: DeskMessage & { readonly asks?: MessageTemplate | undefined },
): Promise<Awaited<ReturnType<typeof parkWait>>> {
  const { order, suborder, step, task, kind, title, reaches, tells } = message;
  const [{ suborder: row, orderFacts, switches }, steps, level] = await Promise.all([
    readWork(deps, order, suborder),
    getSteps(deps, order, suborder),
    readJeopardy(deps, order),
  ]);
  const parking = {
    order,
    suborder,
    step,
    task,
    kind: waitKindOf(kind),
    token: message.taskToken,
    attempt: attemptKey(message.attempt),
    reason: title,
    dueAt: secondsLater(new Date(message.attempt.enteredAt), message.timeLimitSeconds),
    reaches,
    tells,
    announces: message.announces,
  };
  const onHold = kind === 'manual' && !isEnding(row) && holdsOn(row, switches, { name: task });
  if (onHold && onHold.length > 0) return parkWait(deps, { ...parking, outcome: ON_HOLD });
  if (kind === 'manual' && !(await mayBegin(deps, row, step)))
    return parkWait(deps, { ...parking, outcome: SUBORDER_ENDING });
  const record = steps.find((known) => known.step === step);
  if (kind === 'undo' && record?.status !== 'done') return parkWait(deps, { ...parking, outcome: DONE });
  const ref = { order, suborder, step, run: record?.run ?? FIRST_RUN };
  const context = await contextOf(deps, message, row, record, knownFacts(orderFacts, row, steps));
  const opened = newWorkItem(
    workItemId({ ...ref, kind }),
    message,
    { flow: row.flow, context, priority: priorityOf(level) },
    deps.now(),
  );
  const before = await readWorkItem(deps, opened.workItem);
  const asked = before?.question?.asked ?? 0;
  const question =
    message.asks && asked < MOST_QUESTIONS ? newQuestion(task, steps, asked + 1, deps.now()) : undefined;
  if (before?.result?.bulkRepair && message.failure)
    await commit(
      deps,
      guarded(
        'bulk',
        ...failAgain(before.result.bulkRepair, deps.now().toISOString(), message.failure.error),
      ),
    );
  const fresh = question ? asking(opened, question) : opened;
  const item = before ? reopen(before, fresh) : fresh;
  const extra = [
    writeWorkItem(item),
    // Completed meanwhile: then there is nothing to tell.
    ...(question && message.asks && record?.status === 'fallout' ? [tellsCustomer(item, message.asks)] : []),
    ...(message.failure
      ? [failureHistory(message, { ...message.failure, routedTo: item.desk, workItem: item.workItem })]
      : []),
    ...(kind === 'fallout'
      ? await replaced(deps, workItemId({ ...ref, kind: 'manual' }), message, deps.now())
      : []),
  ];
  return parkWait(deps, {
    ...parking,
    extra,
    ...(item.state === 'asked' &&
      item.question && {
        question: { workItem: item.workItem, until: item.question.until },
        reminders: remindersUntil(item.question, deps.now()),
      }),
  });
}

/** What a rule has the customer asked: the failure says what about. */
const newQuestion = (task: string, steps: readonly StepRecord[], asked: number, now: Date): Question => ({
  fields: answerable(task, steps),
  askedAt: now.toISOString(),
  until: answerBy(now),
  asked,
});

/** The work item while it waits for the answer. */
function asking(opened: WorkItem, question: Question): WorkItem {
  const { falloutDesk: _desk, falloutKey: _key, ...item } = opened;
  const asked = { ...item, state: 'asked', question, dueAt: question.until } as const;
  return { ...asked, ...listKeys(asked) };
}

/** What an undo is told whose step was undone by hand before. */
const DONE = { result: {} };

function newWorkItem(
  workItem: string,
  message: DeskMessage,
  { flow, context, priority }: Pick<WorkItem, 'context'> & { flow: string; priority: number },
  now: Date,
): WorkItem {
  const { suborder, step, kind, failure, reaches, tells } = message;
  const item = {
    ...opened(workItem, message, now, Math.min(expectedSeconds(message), message.timeLimitSeconds)),
    wait: waitId(suborder, step, waitKindOf(kind)),
    context: { ...context },
    completion: { ...(reaches && { reaches }), ...(tells && { tells }) },
    ...(failure && { failure: { ...failureShown(failure), step: failure.step ?? step } }),
    ...(kind === 'fallout' && { flow }),
    ...(priority > 0 && { priority }),
  };
  return { ...item, ...listKeys(item) };
}

const failureShown = ({ error, cause, attempts, undo }: NonNullable<DeskMessage['failure']>) => ({
  error,
  cause,
  ...(attempts !== undefined && { attempts }),
  ...(undo !== undefined && { undo }),
});

function expectedSeconds({ kind, task }: DeskMessage): number {
  if (kind !== 'manual') return durationSeconds(EXPECTED[kind]);
  return durationSeconds(taskNamed(task)?.expected ?? 'P1D');
}

/** Manual work whose state gave up is not on two desks at once. */
async function replaced(
  deps: Dependencies,
  id: string,
  message: DeskMessage,
  now: Date,
): Promise<TransactItem[]> {
  const item = await readWorkItem(deps, id);
  if (!item || !isLive(item.state)) return [];
  const note = `The step failed meanwhile (${message.failure?.error ?? 'unknown'}) and is repaired at ${message.desk}`;
  return [closeWorkItem(item, { by: 'milepost', note, at: now.toISOString() })];
}

/** What the person needs to see: the inputs of the task as far as they are known; for an undo, what the step did. */
async function contextOf(
  deps: Dependencies,
  message: DeskMessage,
  row: Suborder,
  record: StepRecord | undefined,
  facts: Facts,
): Promise<Facts> {
  const undoes = message.kind === 'undo' || message.failure?.undo !== undefined;
  const task = taskNamed((undoes ? record?.task : undefined) ?? message.task);
  const inputs = task ? await collectInput(deps, message, asFarAsKnown(task.input), row, facts) : {};
  return { flow: row.flow, ...inputs, ...(undoes && record?.outputs) };
}

/** The same fields, each of them free to be missing or wrong: the person sees what there is. */
const asFarAsKnown = (input: z.ZodObject) =>
  z.object(Object.fromEntries(Object.keys(input.shape).map((field) => [field, z.unknown().optional()])));
