import * as z from 'zod';
import { instantOf } from '#shared/domain/calendar.ts';
import { durationSeconds } from '#shared/domain/duration.ts';
import { InputIncomplete } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { assertNotOnHold } from '#shared/holds/holds.ts';
import { correlationItem, correlationKeyOf } from '#shared/inbox/correlation.ts';
import { applyPendingEvents } from '#shared/inbox/matching.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isEnding, suborderEnding } from '#shared/steps/ending.ts';
import { collectInput, knownFacts } from '#shared/steps/inputs.ts';
import { mayBegin } from '#shared/steps/no-return.ts';
import { readWork } from '#shared/steps/read-work.ts';
import { isDone, stepEventSchema } from '#shared/steps/run-step.ts';
import { attemptKey, attemptSchema, parkWait } from '#shared/steps/waits.ts';
import type { Outcome, Wait } from '#shared/store/records.ts';
import { getSteps, getSuborder } from '#shared/store/suborders.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { DONE, type EventTask } from '#shared/tasks/task.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

/** A reminder some seconds after the wait began, or before a date among the facts. */
const reminderSchema = z.object({
  tells: z.enum(MESSAGE_TEMPLATES),
  seconds: z.int(),
  before: z.string().optional(),
});

const parkEventSchema = stepEventSchema.extend({
  kind: z.enum(['gate', 'event', 'timer']),
  taskToken: z.string(),
  attempt: attemptSchema,
  reason: z.string(),
  timeLimitSeconds: z.int(),
  announces: z.enum(MESSAGE_TEMPLATES).optional(),
  reminders: z.array(reminderSchema).default([]),
});
type ParkEvent = z.output<typeof parkEventSchema>;

/**
 * Parks the token of a gate, an event or a timer:
 * a gate passes when none of its milestones is pending any more; an event's wait is found by its correlation
 * key, and events that came before it are applied at once; a timer passes when its date has come, or at once when
 * there is none.
 * @throws StateConflict `SuborderEnding` when the suborder is being cancelled: nothing waits any more
 */
export const park = (deps: Dependencies) => async (event: ParkEvent) => {
  const { order, suborder, step, task, kind, reason } = event;
  const base = {
    order,
    suborder,
    step,
    task,
    kind,
    reason,
    reaches: event.reaches,
    tells: event.tells,
    token: event.taskToken,
    attempt: attemptKey(event.attempt),
    announces: event.announces,
    dueAt: new Date(deps.now().getTime() + event.timeLimitSeconds * 1000).toISOString(),
  };
  if (kind === 'gate') {
    if (isEnding(await getSuborder(deps, order, suborder))) throw suborderEnding(event);
    return { status: await parkWait(deps, { ...base, outcome: { result: {} } }) };
  }
  const [{ suborder: row, orderFacts, switches }, steps] = await Promise.all([
    readWork(deps, order, suborder),
    getSteps(deps, order, suborder),
  ]);
  // Completed by hand: then what the wait would have needed does not matter.
  const recorded = steps.find((record) => record.step === step);
  if (recorded && isDone(recorded)) return { status: await parkWait(deps, base) };
  if (!isEnding(row)) assertNotOnHold(row, switches, { name: task, system: undefined });
  if (!(await mayBegin(deps, row, step))) throw suborderEnding(event);

  const declared = taskNamed(task);
  if (!declared || declared.kind !== kind) throw new Error(`${task} is not a task of kind ${kind}`);
  const facts = knownFacts(orderFacts, row, steps);
  const input: Record<string, unknown> = await collectInput(deps, event, declared.input, row, facts);
  if (declared.kind === 'timer') {
    return { status: await parkWait(deps, { ...base, notBefore: dueAtOf(input), outcome: { result: {} } }) };
  }
  if (declared.kind !== 'event') throw new Error(`${task} waits for nothing`);
  const correlationKey = correlationKeyOf(declared.topic, subjectOf(declared, step, input));
  const dueAt = (declared.onDeadline && deadlineOf(declared, input, deps.now())) ?? base.dueAt;
  const status = await parkWait(deps, {
    ...base,
    dueAt,
    correlationKey,
    reminders: remindersOf(event, facts, deps.now()),
    onDeadline: outcomeAtDeadline(declared),
    extra: [correlationItem(correlationKey, order, suborder, step, dueAt)],
  });
  await applyPendingEvents(deps, correlationKey);
  return { status };
};

/** The date that a wait is for, when it is known. */
const dueAtOf = (input: unknown): string | undefined =>
  z.object({ dueAt: z.iso.datetime().optional() }).parse(input).dueAt;

/** Until when an event is waited for, when that is known. */
function deadlineOf({ grace }: EventTask, input: unknown, now: Date): string | undefined {
  const dueAt = dueAtOf(input);
  if (dueAt === undefined || grace === undefined) return dueAt;
  return new Date(Math.max(Date.parse(dueAt), now.getTime()) + durationSeconds(grace) * 1000).toISOString();
}

/** What it means when nothing comes in time; undefined where the time limit makes it fallout. */
function outcomeAtDeadline({ onDeadline }: EventTask): Outcome | undefined {
  if (onDeadline === undefined) return undefined;
  return onDeadline === DONE
    ? { result: {} }
    : { error: onDeadline, cause: 'Nothing came before the deadline' };
}

/** What the customer is to be told meanwhile, the next first; what is over by now is left out. */
function remindersOf({ reminders }: ParkEvent, facts: Facts, now: Date): NonNullable<Wait['reminders']> {
  return reminders
    .flatMap(({ tells, seconds, before }) => {
      const date = before === undefined ? undefined : facts[before];
      const from = before === undefined ? now : typeof date === 'string' ? instantOf(date) : undefined;
      const at = from && from.getTime() + (before === undefined ? seconds : -seconds) * 1000;
      return at !== undefined && at > now.getTime() ? [{ at: new Date(at).toISOString(), tells }] : [];
    })
    .sort((a, b) => a.at.localeCompare(b.at));
}

/** What the outside calls the thing that is waited for. */
function subjectOf({ correlation }: EventTask, step: string, input: Record<string, unknown>): string {
  return [correlation]
    .flat()
    .map((field) => {
      const value = input[field];
      if (typeof value !== 'string') throw new InputIncomplete(step, [field]);
      return value;
    })
    .join('/');
}

export const handler = taskHandler(parkEventSchema, park(dependencies));
