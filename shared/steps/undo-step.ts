import * as z from 'zod';
import type { CallSystem } from '#shared/clients/underlying-system.ts';
import { assertNotOnHold } from '#shared/holds/holds.ts';
import { tableName } from '#shared/store/client.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import type { SystemTask, UndoTask } from '#shared/tasks/task.ts';
import { stepKey, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { collectInput, knownFacts } from './inputs.ts';
import { readWork, type Work } from './read-work.ts';
import { hasAnEffect } from './step-status.ts';
import { writeTogether } from './transaction.ts';

export const undoEventSchema = z.object({
  order: z.string(),
  suborder: z.string(),
  step: z.string(),
  task: z.string(),
  undo: z.literal(true),
  /** Inputs that the flow fixed for the step that is undone. */
  with: z.record(z.string(), z.unknown()).optional(),
});

/** Which run of which step is undone. */
type UndoneRun = Pick<StepRecord, 'order' | 'suborder' | 'step' | 'run'>;

/**
 * Takes the effect of a completed step back: the compensation gets the step's outputs, and what else its input names
 * from the facts of the suborder, under a key of its own that is the same for every retry. A step that is undone
 * already is left alone.
 */
export async function undoStep(
  task: SystemTask | UndoTask,
  deps: Dependencies & { readonly callSystem: CallSystem },
  event: z.output<typeof undoEventSchema>,
): Promise<{ status: 'undone' | 'replayed' }> {
  const { order, suborder, step } = event;
  const [work, steps] = await Promise.all([readWork(deps, order, suborder), getSteps(deps, order, suborder)]);
  const record = steps.find((known) => known.step === step);
  if (!record || !hasAnEffect(record)) return { status: 'replayed' };
  assertNotOnHold({}, work.switches, task);
  if (task.system === 'milepost') throw new Error(`${task.name} calls no underlying system`);
  await deps.callSystem({
    system: task.system,
    operation: task.name,
    idempotencyKey: undoKey(record),
    correlationId: order,
    step: `${suborder}.${step}.undo`,
    body: await bodyOf(task, deps, event, record, work, steps),
  });
  await writeTogether(deps, [undone(order, suborder, step, deps.now().toISOString())]);
  return { status: 'undone' };
}

/** The key under which a run of a step is undone. */
export const undoKey = ({ order, suborder, step, run }: UndoneRun): string =>
  `${order}-${suborder}-${step}-${run}-undo`;

/** What the compensation is told: a task that only undoes knows the outputs alone. */
async function bodyOf(
  task: SystemTask | UndoTask,
  deps: Dependencies,
  event: z.output<typeof undoEventSchema>,
  { outputs }: StepRecord,
  { suborder, orderFacts }: Work,
  steps: readonly StepRecord[],
): Promise<Readonly<Record<string, unknown>>> {
  if (!('input' in task)) return outputs;
  const facts = { ...knownFacts(orderFacts, suborder, steps), ...outputs };
  return collectInput(deps, event, task.input, suborder, facts);
}

/** The write that marks a step as undone; refused when it has no effect. */
export const undone = (order: string, suborder: string, step: string, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: stepKey(order, suborder, step),
    UpdateExpression: 'SET #status = :undone, #doneAt = #at, #at = :at REMOVE #stands',
    ConditionExpression: '#status = :done OR #stands = :stands',
    ExpressionAttributeNames: { '#status': 'status', '#doneAt': 'doneAt', '#at': 'at', '#stands': 'stands' },
    ExpressionAttributeValues: { ':undone': 'undone', ':done': 'done', ':at': at, ':stands': true },
  },
});
