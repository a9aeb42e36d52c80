import * as z from 'zod';
import { InputIncomplete } from '#shared/domain/errors.ts';
import { correlationItem, correlationKeyOf } from '#shared/inbox/correlation.ts';
import { applyPendingEvents } from '#shared/inbox/matching.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { collectInput, knownFacts } from '#shared/steps/inputs.ts';
import { getOrderFacts } from '#shared/steps/order-facts.ts';
import { isDone, stepEventSchema } from '#shared/steps/run-step.ts';
import { attemptKey, attemptSchema, parkWait } from '#shared/steps/waits.ts';
import { getStep, getSteps, getSuborder } from '#shared/store/suborders.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import type { Task } from '#shared/tasks/task.ts';
import { taskHandler } from '../task-handler.ts';

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
  if (kind === 'gate') return { status: await parkWait(deps, { ...base, outcome: { result: {} } }) };

  // Completed by hand: then what the wait would have needed does not matter.
  const recorded = await getStep(deps, order, suborder, step);
  if (recorded && isDone(recorded)) return { status: await parkWait(deps, base) };

  const declared = taskNamed(task);
  if (!declared || declared.kind !== kind) throw new Error(`${task} is not a task of kind ${kind}`);
  const input = await inputOf(deps, event, declared);
  if (declared.kind === 'timer') {
    const { dueAt } = z.object({ dueAt: z.iso.datetime() }).parse(input);
    return { status: await parkWait(deps, { ...base, notBefore: dueAt, outcome: { result: {} } }) };
  }
  if (declared.kind !== 'event') throw new Error(`${task} waits for nothing`);
  const value = input[declared.correlation];
  if (typeof value !== 'string') throw new InputIncomplete(step, [declared.correlation]);
  const correlationKey = correlationKeyOf(declared.topic, value);
  const status = await parkWait(deps, {
    ...base,
    correlationKey,
    extra: [correlationItem(correlationKey, order, suborder, step, base.dueAt)],
  });
  await applyPendingEvents(deps, correlationKey);
  return { status };
};

async function inputOf(deps: Dependencies, event: ParkEvent, task: Task): Promise<Record<string, unknown>> {
  const [suborder, steps, orderFacts] = await Promise.all([
    getSuborder(deps, event.order, event.suborder),
    getSteps(deps, event.order, event.suborder),
    getOrderFacts(deps, event.order),
  ]);
  return collectInput(deps, event, task.input, suborder, knownFacts(orderFacts, suborder, steps));
}

export const handler = taskHandler(parkEventSchema, park(defaultDependencies()));
