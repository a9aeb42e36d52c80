import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { StateConflict } from '#shared/domain/errors.ts';
import type { Suborder } from '#shared/store/records.ts';
import { type Completion, completionItems, remainingGates, type StepRun } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { writeTogether } from './transaction.ts';

/**
 * Records a completed step, its milestone and the gates it opens.
 * @returns `already-recorded` when this run of the step was recorded before
 * @throws StateConflict `SuborderEnding` when it would complete a suborder whose cancellation was accepted meanwhile
 */
export async function recordStep(
  deps: Dependencies,
  suborder: Suborder,
  run: StepRun,
  completion: Completion,
): Promise<'recorded' | 'already-recorded'> {
  await openRemainingGates(deps, suborder, completion);
  const refused = await writeTogether(deps, completionItems(suborder, run, completion));
  if (!refused) return 'recorded';
  if (refused.includes(STEP)) return 'already-recorded';
  // The suborder may not become complete any more, but what the step did has to be undone.
  await writeTogether(deps, completionItems(suborder, run, { ...completion, reaches: undefined }));
  throw new StateConflict(
    'SuborderEnding',
    `Suborder ${suborder.order}-${suborder.suborder} was cancelled while ${run.step} ran`,
  );
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
