import { StateConflict } from '#shared/domain/errors.ts';
import { type Ending, endsSuborder } from '#shared/steps/begin-ending.ts';
import { type Completion, completionItems, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isCancelled, isEnding, wayOut } from '#shared/steps/ending.ts';
import { FIRST_RUN } from '#shared/steps/run-step.ts';
import { stepRunsAgain } from '#shared/steps/step-status.ts';
import { undone } from '#shared/steps/undo-step.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import type { Decision } from './finish.ts';

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

/** What ends the suborder of a failed step, unless that was decided before, and where its flow goes then. */
export async function endsItem(
  deps: Pick<Dependencies, 'documents'>,
  { order, suborder, step }: WorkItem,
  ends: Ending['ends'],
): Promise<Pick<Decision, 'outcome' | 'step'>> {
  return {
    outcome: wayOut(await getStep(deps, order, suborder, step)),
    step: async () => {
      const row = await getSuborder(deps, order, suborder);
      return isCancelled(row) ? [] : [endsSuborder(row, { ends })];
    },
  };
}

/**
 * The write that records that people took back what a step did. A step of which nobody knew whether it was done has not
 * been, or not any more; of one that takes another's effect back they have done that.
 */
export async function takenBack(
  deps: Pick<Dependencies, 'documents'>,
  { order, suborder, step }: WorkItem,
  done: Pick<Completion, 'by' | 'at'>,
): Promise<TransactItem[]> {
  const record = await getStep(deps, order, suborder, step);
  if (!record?.unanswered) return [undone(order, suborder, step, done.at)];
  const { takesBack } = record;
  if (takesBack === undefined) return [stepRunsAgain(record, done.at)];
  const row = await getSuborder(deps, order, suborder);
  return completionItems(row, record, { ...done, outputs: {}, takesBack });
}
