import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Suborder } from '#shared/store/records.ts';
import { type Completion, completionItems, remainingGates, type StepRun } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { writeTogether } from './transaction.ts';

/**
 * Records a completed step, its milestone and the gates it opens.
 * @returns `already-recorded` when this run of the step was recorded before
 */
export async function recordStep(
  deps: Dependencies,
  suborder: Suborder,
  run: StepRun,
  completion: Completion,
): Promise<'recorded' | 'already-recorded'> {
  await openRemainingGates(deps, suborder, completion);
  return (await writeTogether(deps, completionItems(suborder, run, completion)))
    ? 'already-recorded'
    : 'recorded';
}

/** Opens the gates that did not fit into the transaction of the step that reaches the milestone. */
export async function openRemainingGates(
  { documents }: Pick<Dependencies, 'documents'>,
  suborder: Suborder,
  completion: Pick<Completion, 'reaches' | 'outputs'>,
): Promise<void> {
  for (const { Update } of remainingGates(suborder, completion))
    if (Update) await documents.send(new UpdateCommand(Update));
}
