import type { Dependencies } from '#shared/steps/dependencies.ts';
import { FIRST_RUN } from '#shared/steps/run-step.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { MILEPOST } from '#shared/store/history.ts';
import { listKeys, workItemId, writeWorkItem } from '#shared/store/work-items.ts';
import { workItemHistory } from './history.ts';
import { type Notice, opened } from './message.ts';

/**
 * Puts a notice on a desk: a person sees to it, and no flow waits. The same notice again changes nothing.
 */
export async function openNotice(deps: Dependencies, notice: Notice): Promise<'opened' | 'already-opened'> {
  const { order, suborder, step, event, timeLimitSeconds, failure, kind, desk } = notice;
  const workItem = workItemId({ order, suborder, step: `${step}#${event}`, kind, run: FIRST_RUN });
  const placed = opened(workItem, notice, deps.now(), timeLimitSeconds);
  const item = {
    ...placed,
    ...listKeys(placed),
    context: {},
    completion: {},
    failure: { step, ...failure },
  };
  const { error, cause: why } = failure;
  const deed = { what: 'NOTICE', by: MILEPOST, at: item.openedAt, why, details: { error, desk } };
  const refused = await writeTogether(deps, [writeWorkItem(item), workItemHistory(item, deed)]);
  return refused ? 'already-opened' : 'opened';
}
