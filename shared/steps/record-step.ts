import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Suborder } from '#shared/store/records.ts';
import { type Completion, completionItems, type StepRun, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { TRANSACTION_LIMIT, writeTogether } from './transaction.ts';

/**
 * Records a completed step, its milestone and the gates it opens, together with `extra` writes (such as the
 * answer of the wait that it completes).
 *
 * A milestone that opens more gates than a transaction holds (an order of a hundred items behind one line)
 * opens the rest right before: its work is done by then, and a repetition opens them again without harm.
 *
 * @returns `already-recorded` when this run of the step was recorded before
 */
export async function recordStep(
  deps: Dependencies,
  suborder: Suborder,
  run: StepRun,
  completion: Completion,
  extra: readonly TransactItem[] = [],
): Promise<'recorded' | 'already-recorded'> {
  const items = [...extra, ...completionItems(suborder, run, completion)];
  const overflow = items.splice(TRANSACTION_LIMIT);
  for (const { Update } of overflow) if (Update) await deps.documents.send(new UpdateCommand(Update));
  return (await writeTogether(deps, items)) ? 'already-recorded' : 'recorded';
}
