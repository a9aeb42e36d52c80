import * as z from 'zod';
import type { CallSystem } from '#shared/clients/underlying-system.ts';
import { tableName } from '#shared/store/client.ts';
import { getStep } from '#shared/store/suborders.ts';
import type { SystemTask, UndoTask } from '#shared/tasks/task.ts';
import { stepKey, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { writeTogether } from './transaction.ts';

export const undoEventSchema = z.object({
  order: z.string(),
  suborder: z.string(),
  step: z.string(),
  task: z.string(),
  undo: z.literal(true),
});

/**
 * Takes the effect of a completed step back: the compensation gets the step's outputs, under a key of its own that is
 * the same for every retry. A step that is undone already is left alone.
 */
export async function undoStep(
  task: SystemTask | UndoTask,
  deps: Dependencies & { readonly callSystem: CallSystem },
  { order, suborder, step }: z.output<typeof undoEventSchema>,
): Promise<{ status: 'undone' | 'replayed' }> {
  const record = await getStep(deps, order, suborder, step);
  if (record?.status !== 'done') return { status: 'replayed' };
  if (task.system === 'milepost') throw new Error(`${task.name} calls no underlying system`);
  await deps.callSystem({
    system: task.system,
    operation: task.name,
    idempotencyKey: `${order}-${suborder}-${step}-${record.run}-undo`,
    correlationId: order,
    step: `${suborder}.${step}.undo`,
    body: record.outputs,
  });
  await writeTogether(deps, [undone(order, suborder, step, deps.now().toISOString())]);
  return { status: 'undone' };
}

/** The write that marks a completed step as undone; refused when it is not `done`. */
export const undone = (order: string, suborder: string, step: string, at: string): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: stepKey(order, suborder, step),
    UpdateExpression: 'SET #status = :undone, #at = :at',
    ConditionExpression: '#status = :done',
    ExpressionAttributeNames: { '#status': 'status', '#at': 'at' },
    ExpressionAttributeValues: { ':undone': 'undone', ':done': 'done', ':at': at },
  },
});
