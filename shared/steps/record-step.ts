import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getSuborder } from '#shared/store/suborders.ts';
import { type Completion, completionItems, remainingGates, type StepRun } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { isEnding } from './ending.ts';
import { writeTogether } from './transaction.ts';

const ATTEMPTS = 5;

/**
 * Records a completed step, its milestone and the gates it opens, also those of items that were added meanwhile.
 * @returns `already-recorded` when this run of the step was recorded before
 * @throws StateConflict `SuborderEnding` when it would complete a suborder whose cancellation was accepted meanwhile
 */
export async function recordStep(
  deps: Dependencies,
  suborder: Suborder,
  run: StepRun,
  completion: Completion,
): Promise<'recorded' | 'already-recorded'> {
  let row = suborder;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await openRemainingGates(deps, row, completion);
    const refused = await writeTogether(deps, completionItems(row, run, completion));
    if (!refused) return 'recorded';
    if (refused.includes(STEP)) return 'already-recorded';
    row = await getSuborder(deps, suborder.order, suborder.suborder);
    if (!isEnding(row)) continue;
    // The suborder may not become complete any more, but what the step did has to be undone.
    await writeTogether(deps, completionItems(row, run, { ...completion, reaches: undefined }));
    throw new StateConflict(
      'SuborderEnding',
      `Suborder ${suborder.order}-${suborder.suborder} was cancelled while ${run.step} ran`,
    );
  }
  throw new TechnicalError('Conflict', `Others kept writing ${suborder.order}-${suborder.suborder}`);
}

/** Where the step's own record stands among the writes that complete it. */
const STEP = 0;

/** Opens the gates that did not fit into the transaction of the step that reaches the milestone. */
export async function openRemainingGates(
  { documents }: Pick<Dependencies, 'documents'>,
  suborder: Suborder,
  completion: Pick<Completion, 'reaches' | 'outputs'>,
): Promise<void> {
  for (const { Update } of remainingGates(suborder, completion))
    if (Update) await documents.send(new UpdateCommand(Update));
}
