import * as z from 'zod';
import type { CallSystem, SystemCall } from '#shared/clients/underlying-system.ts';
import { BusinessRejection, ContractViolation } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { MESSAGE_TEMPLATES } from '#shared/domain/messages.ts';
import { MILESTONES } from '#shared/domain/milestones.ts';
import { assertNotOnHold, assertOpen } from '#shared/holds/holds.ts';
import type { StepRecord, Suborder } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import { leavesAnEffect, type SystemTask } from '#shared/tasks/task.ts';
import type { Dependencies } from './dependencies.ts';
import { isEnding, suborderEnding } from './ending.ts';
import { flagsOf } from './flags.ts';
import { collectInput, knownFacts } from './inputs.ts';
import { mayBegin, turnBack } from './no-return.ts';
import { readWork } from './read-work.ts';
import { recordStep } from './record-step.ts';

/** What a state of a flow hands to the function that does its step. */
export const stepEventSchema = z.object({
  order: z.string(),
  suborder: z.string(),
  step: z.string(),
  task: z.string(),
  reaches: z.enum(MILESTONES).optional(),
  tells: z.enum(MESSAGE_TEMPLATES).optional(),
  takesBack: z.string().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
  /** How often the state was tried before. */
  retryCount: z.int().optional(),
});
export type StepEvent = z.output<typeof stepEventSchema>;

/** What a function answers to the state: kept small, since the history shows it. */
export interface StepAnswer {
  readonly status: 'done' | 'replayed';
  /** Flags that the step set, for the flow's conditions. */
  readonly flags: Readonly<Record<string, boolean>>;
}

/** What the work of one step gets: its input, and everything that says which step of which order it is. */
export interface StepContext<T extends SystemTask> {
  readonly event: StepEvent;
  readonly suborder: Suborder;
  readonly input: z.output<T['input']>;
  /** The same for every retry of this run of the step. */
  readonly idempotencyKey: string;
  /** An attempt before may have had its effect although its answer was lost. */
  readonly mayBeDone: boolean;
}

/** Does the work of a step and answers its outputs. */
export type Work<T extends SystemTask> = (context: StepContext<T>) => Promise<z.input<T['output']>>;

/** Number of the run of a step that has no record yet. */
export const FIRST_RUN = 1;

export interface StepDependencies extends Dependencies {
  readonly callSystem: CallSystem;
}

/**
 * The work of a connector: hand the input to the task's underlying system; or what the product makes of it, or another
 * question to the same system, which has a key of its own.
 */
export const callUnderlyingSystem =
  <T extends SystemTask>(task: T, { callSystem }: Pick<StepDependencies, 'callSystem'>) =>
  async (
    { event, input, idempotencyKey }: StepContext<T>,
    { operation = task.name, body = input }: Partial<Pick<SystemCall, 'operation' | 'body'>> = {},
  ): Promise<Readonly<Record<string, unknown>>> => {
    if (task.system === 'milepost') throw new Error(`${task.name} calls no underlying system`);
    return callSystem({
      system: task.system,
      operation,
      idempotencyKey: operation === task.name ? idempotencyKey : `${idempotencyKey}-${operation}`,
      correlationId: event.order,
      step: `${event.suborder}.${event.step}`,
      body,
    });
  };

/**
 * Does a system step once, however often it is called: (1) load the suborder and its steps; (2) a step that is
 * done answers at once; (3) collect the task's input; (4) do the work under the step's idempotency key;
 * (5) check the outputs; (6) record the step, its milestone and the gates it opens in one transaction.
 *
 * @throws StateConflict `SuborderEnding` when the suborder is being cancelled: no new step starts. One that may have been done
 * is asked for again, so that what it did is known and undone
 * @throws StateConflict `OnHold` when it is suspended, a switch keeps calls from going out, or it is possible at other hours only
 * @throws InputIncomplete, BusinessRejection, ContractViolation: for a person or a rule; TechnicalError, AnswerPending: retried
 */
export async function runStep<T extends SystemTask>(
  task: T,
  work: (context: StepContext<T>) => Promise<unknown>,
  deps: Dependencies,
  event: StepEvent,
): Promise<StepAnswer> {
  const { order, suborder: number, step } = event;
  const [{ suborder, orderFacts, switches }, steps] = await Promise.all([
    readWork(deps, order, number),
    getSteps(deps, order, number),
  ]);
  const recorded = steps.find((record) => record.step === step);
  if (recorded && isDone(recorded)) return { status: 'replayed', flags: flagsOf(task, recorded.outputs) };
  const mayBeDone = mayHaveBeenDone(task, event, recorded);
  if (isEnding(suborder) && !mayBeDone) throw suborderEnding(suborder);
  assertNotOnHold(suborder, switches, task);
  assertOpen(task, deps.now());

  const facts = knownFacts(orderFacts, suborder, steps);
  const given = { ...event, with: { ...event.with, ...formerOf(task, recorded) } };
  const input = await collectInput<T['input']>(deps, given, task.input, suborder, facts);
  if (!isEnding(suborder) && !(await mayBegin(deps, suborder, step))) throw suborderEnding(suborder);
  const run = recorded?.run ?? FIRST_RUN;
  const idempotencyKey = `${order}-${number}-${step}-${run}`;
  const answer = task.output.safeParse(
    await unlessRejected(deps, suborder, step, work({ event, suborder, input, idempotencyKey, mayBeDone })),
  );
  if (!answer.success)
    throw new ContractViolation(
      task.system,
      task.name,
      `${answer.error.issues.map(({ path }) => path.join('.')).join()} in its answer`,
    );
  const outputs = answer.data;
  const { reaches, tells, takesBack } = event;
  const at = timeAfter(steps, deps.now());
  const status = await recordStep(
    deps,
    suborder,
    { step, task: task.name, run },
    { outputs, by: task.system, reaches, tells, takesBack, at },
  );
  return { status: status === 'recorded' ? 'done' : 'replayed', flags: flagsOf(task, outputs) };
}

/** What a run is told of the one whose place it takes. */
const formerOf = ({ replaces = {} }: SystemTask, recorded: StepRecord | undefined): Facts =>
  recorded?.stands
    ? Object.fromEntries(Object.entries(replaces).map(([input, output]) => [input, recorded.outputs[output]]))
    : {};

/**
 * Whether an attempt before, or all of them until it came to a desk, may have had its effect although its answer was lost:
 * the same key asks the system again, so that what it did is known, and undone once.
 */
const mayHaveBeenDone = (
  task: SystemTask,
  { retryCount = 0, takesBack }: StepEvent,
  recorded: StepRecord | undefined,
): boolean =>
  recorded?.unanswered === true || (retryCount > 0 && (takesBack !== undefined || leavesAnEffect(task)));

async function unlessRejected<T>(
  deps: Dependencies,
  suborder: Suborder,
  step: string,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof BusinessRejection)) throw error;
    await turnBack(deps, suborder, step);
    // It was asked for only to know what it did, and it did nothing: that is no failure.
    throw isEnding(suborder) ? suborderEnding(suborder) : error;
  }
}

/** Now, or right after the latest of these steps when clocks differ: steps are undone in the reverse of this order. */
function timeAfter(steps: readonly StepRecord[], now: Date): string {
  const latest = Math.max(...steps.map(({ at }) => Date.parse(at) + 1));
  return new Date(Math.max(now.getTime(), latest)).toISOString();
}

/** Whether a step needs no more work. */
export const isDone = ({ status }: Pick<StepRecord, 'status'>): boolean =>
  status === 'done' || status === 'skipped';
