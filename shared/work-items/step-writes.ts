import { StateConflict } from '#shared/domain/errors.ts';
import { endsSuborder } from '#shared/steps/begin-ending.ts';
import { type Completion, completionItems, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isCancelled, isEnding } from '#shared/steps/ending.ts';
import { FIRST_RUN } from '#shared/steps/run-step.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';

/**
 * The writes that complete a work item's step, with what the definition that runs says about it.
 * @throws StateConflict when the suborder is being cancelled: nobody would undo the step
 */
export async function completesStep(
  deps: Pick<Dependencies, 'documents'>,
  item: WorkItem,
  done: Pick<Completion, 'outputs' | 'by' | 'at' | 'status'>,
): Promise<TransactItem[]> {
  const { order, suborder, step, task } = item;
  const [found, record] = await Promise.all([
    getSuborder(deps, order, suborder),
    getStep(deps, order, suborder, step),
  ]);
  if (isEnding(found))
    throw new StateConflict('NOT_WAITING', `Suborder ${suborder} of order ${order} is being cancelled`);
  const run = record?.run ?? FIRST_RUN;
  return completionItems(found, { step, task, run }, { ...item.completion, ...done });
}

/** The write that has the suborder of a work item fail, unless its end was decided before. */
export async function failsItem(
  deps: Pick<Dependencies, 'documents'>,
  { order, suborder }: WorkItem,
): Promise<TransactItem[]> {
  const row = await getSuborder(deps, order, suborder);
  return isCancelled(row) ? [] : [endsSuborder(row, { ends: 'failed' })];
}
