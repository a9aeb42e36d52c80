import type { MessageTemplate } from '#shared/domain/messages.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { answerWait, completionItems, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { doneResult } from '#shared/steps/done-result.ts';
import { FIRST_RUN, isDone } from '#shared/steps/run-step.ts';
import { messageDue } from '#shared/steps/step-status.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import {
  markSettled,
  type Pointer,
  pendingEvents,
  readEvent,
  readPointer,
  settleEvent,
} from '#shared/store/inbox.ts';
import type { InboxEvent, StepRecord, Suborder } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import { readWaitingStep, type WaitingStep } from '#shared/store/waiting-step.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { type Meaning, meaningFor } from './event-types.ts';

/** What became of an event: `pending` it stays in the inbox for a wait to come. */
export type Fate = InboxEvent['status'];

/**
 * Matches the pending events of a correlation key with its wait, the oldest first.
 *
 * Whoever parks a wait and whoever brings an event first writes its own record and then calls this, so one of
 * the two sees both. When both do, the conditions of the transaction let one through.
 *
 * @returns the fate of each event that was pending, by its sort key
 */
export async function applyPendingEvents(
  deps: Dependencies,
  correlationKey: string,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>();
  const pointer = await readPointer(deps, correlationKey);
  if (!pointer) return fates;
  for (const event of await pendingEvents(deps, correlationKey))
    fates.set(event.sk, await applyEvent(deps, pointer, event));
  return fates;
}

/** Where a step stands that waits for an event. */
interface Situation {
  readonly waiting: WaitingStep;
  readonly suborder: Suborder;
  readonly record: StepRecord | undefined;
}

/**
 * Applies one event to the wait: an event that completes the step records it, one that rejects it hands the
 * code to the flow's repair, one that is only news has the customer told. When nothing waits any more, the event is late; unless it completes a step that is
 * not done yet (it is being repaired), or there may be one such event after the other: then it is kept for the next wait.
 */
async function applyEvent(deps: Dependencies, pointer: Pointer, event: InboxEvent): Promise<Fate> {
  const situation = await look(deps, pointer);
  const task = situation && taskNamed(situation.waiting.completion?.task ?? '');
  const meaning = task?.kind === 'event' ? meaningFor(task, event.type, event.data) : undefined;
  if (!situation || !meaning || task?.kind !== 'event') return 'pending';
  const { correlationKey = pointer.correlationKey } = situation.waiting;
  // The step was done again since, and waits for something else: another parcel, another visit.
  if (correlationKey !== pointer.correlationKey && situation.suborder.ends !== 'amended')
    return late(deps, event);
  if (task.repeats && isPast(situation, event)) return late(deps, event);
  if (typeof meaning === 'object' && 'tells' in meaning)
    return tell(deps, situation.waiting, pointer, event, meaning.tells);
  const { order, wait } = pointer;
  const outcome =
    meaning === 'completes'
      ? { result: doneResult(task.name, event.data) }
      : { error: meaning.rejection, cause: noteOf(event) };
  const refused = await commit(deps, [
    ...guarded('event', settleEvent(event, 'applied')),
    ...guarded('wait', answerWait(order, wait, outcome)),
    ...guarded('step', ...stepWrites(deps, situation, meaning, event)),
  ]);
  if (refused.size === 0) return 'applied';
  if (refused.has('event')) return (await readEvent(deps, event))?.status ?? 'pending';
  // Its suborder is changed at this moment: kept for what waits afterwards.
  if (situation.suborder.ends === 'amended') return 'pending';
  // Items were added that wait for the step.
  if (!refused.has('wait') && (await isLinkedMeanwhile(deps, situation)))
    return applyEvent(deps, pointer, event);
  if (task.repeats && !isTerminal(situation.suborder.state)) return 'pending';
  if (meaning === 'completes' && !(await isOver(deps, situation))) return 'pending';
  return late(deps, event);
}

/** The step waits on; what it has told the customer already, or no longer needs to, comes too late. */
async function tell(
  deps: Dependencies,
  { suborder, step }: WaitingStep,
  { order }: Pointer,
  event: InboxEvent,
  template: MessageTemplate,
): Promise<Fate> {
  const refused = await commit(deps, [
    ...guarded('event', settleEvent(event, 'applied')),
    ...guarded('step', messageDue({ order, suborder, step }, template, ['waiting'], true)),
  ]);
  if (refused.size === 0) return 'applied';
  if (refused.has('event')) return (await readEvent(deps, event))?.status ?? 'pending';
  return late(deps, event);
}

const isLinkedMeanwhile = async (deps: Dependencies, { suborder }: Situation): Promise<boolean> =>
  (await getSuborder(deps, suborder.order, suborder.suborder)).linked !== suborder.linked;

/** Whether it happened before the suborder began, which then knows of it in another way. */
const isPast = ({ suborder: { startedAt } }: Situation, { receivedAt }: InboxEvent): boolean =>
  startedAt !== undefined && receivedAt < startedAt;

async function late(deps: Dependencies, event: InboxEvent): Promise<Fate> {
  await markSettled(deps, event, 'late');
  return 'late';
}

async function look(deps: Dependencies, { order, wait }: Pointer): Promise<Situation | undefined> {
  const waiting = await readWaitingStep(deps, order, wait);
  if (!waiting) return undefined;
  const [suborder, record] = await Promise.all([
    getSuborder(deps, order, waiting.suborder),
    getStep(deps, order, waiting.suborder, waiting.step),
  ]);
  return { waiting, suborder, record };
}

function stepWrites(
  deps: Dependencies,
  { waiting, suborder, record }: Situation,
  meaning: Exclude<Meaning, { readonly tells: MessageTemplate }>,
  { data, source, id }: InboxEvent,
): TransactItem[] {
  const { completion } = waiting;
  if (meaning !== 'completes' || !completion) return [];
  return completionItems(
    suborder,
    { step: waiting.step, task: completion.task, run: record?.run ?? FIRST_RUN },
    {
      outputs: data,
      by: `${source}#${id}`,
      reaches: completion.reaches,
      tells: completion.tells,
      at: deps.now().toISOString(),
    },
  );
}

/** Whether the step will not wait for this event again: it is done, or was undone. */
const isOver = async (deps: Dependencies, { waiting, suborder }: Situation): Promise<boolean> => {
  const record = await getStep(deps, suborder.order, waiting.suborder, waiting.step);
  return record !== undefined && (isDone(record) || record.status === 'undone');
};

const noteOf = ({ data: { note } }: InboxEvent): string => (typeof note === 'string' ? note : '');
