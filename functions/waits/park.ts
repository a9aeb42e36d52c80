import * as z from 'zod';
import { InputIncomplete, StateConflict } from '#shared/domain/errors.ts';
import { correlationItem, correlationKeyOf } from '#shared/inbox/correlation.ts';
import { applyPendingEvents } from '#shared/inbox/matching.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { collectInput, knownFacts } from '#shared/steps/inputs.ts';
import { getOrderFacts } from '#shared/steps/order-facts.ts';
import { isDone, stepEventSchema } from '#shared/steps/run-step.ts';
import { attemptKey, attemptSchema, parkWait } from '#shared/steps/waits.ts';
import { getSteps, getSuborder } from '#shared/store/suborders.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import type { EventTask } from '#shared/tasks/task.ts';
import { isEnding } from '#shared/work-items/ending.ts';
import { dependencies, taskHandler } from '../task-handler.ts';

const parkEventSchema = stepEventSchema.extend({
  kind: z.enum(['gate', 'event', 'timer']),
  taskToken: z.string(),
  attempt: attemptSchema,
  reason: z.string(),
  timeLimitSeconds: z.int(),
});
type ParkEvent = z.output<typeof parkEventSchema>;

/**
 * Parks the token of a gate, an event or a timer:
 * a gate passes when none of its milestones is pending any more; an event's wait is found by its correlation
 * key, and events that came before it are applied at once; a timer passes when its date has come.
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
    dueAt: new Date(deps.now().getTime() + event.timeLimitSeconds * 1000).toISOString(),
  };
  const [row, steps] = await Promise.all([
    getSuborder(deps, order, suborder),
    kind === 'gate' ? [] : getSteps(deps, order, suborder),
  ]);
  // Completed by hand: then what the wait would have needed does not matter.
  const recorded = steps.find((record) => record.step === step);
  if (recorded && isDone(recorded)) return { status: await parkWait(deps, base) };
  if (isEnding(row))
    throw new StateConflict('SuborderEnding', `Suborder ${order}-${suborder} is being cancelled`);
  if (kind === 'gate') return { status: await parkWait(deps, { ...base, outcome: { result: {} } }) };

  const declared = taskNamed(task);
  if (!declared || declared.kind !== kind) throw new Error(`${task} is not a task of kind ${kind}`);
  const facts = knownFacts(await getOrderFacts(deps, order), row, steps);
  const input: Record<string, unknown> = await collectInput(deps, event, declared.input, row, facts);
  if (declared.kind === 'timer') {
    const { dueAt } = z.object({ dueAt: z.iso.datetime() }).parse(input);
    return { status: await parkWait(deps, { ...base, notBefore: dueAt, outcome: { result: {} } }) };
  }
  if (declared.kind !== 'event') throw new Error(`${task} waits for nothing`);
  const correlationKey = correlationKeyOf(declared.topic, subjectOf(declared, step, input));
  const status = await parkWait(deps, {
    ...base,
    correlationKey,
    extra: [correlationItem(correlationKey, order, suborder, step, base.dueAt)],
  });
  await applyPendingEvents(deps, correlationKey);
  return { status };
};

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
