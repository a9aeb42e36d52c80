import { isDeepStrictEqual } from 'node:util';
import { StateConflict } from '#shared/domain/errors.ts';
import { answerWait, type TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import type { Outcome, WorkItem } from '#shared/store/records.ts';
import { writeWorkItem } from '#shared/store/work-items.ts';
import type { Employee } from './employee.ts';
import { type Deed, workItemHistory } from './history.ts';
import { finish, type Result } from './lifecycle.ts';
import { ATTEMPTS, changedMeanwhile, loadFor } from './load.ts';
import { type UnitChange, unitWrites } from './units.ts';
import { assertAsSelected, assertRunning, type BulkMark } from './within-bulk.ts';

/** What a person decided about a work item, and what follows from it. */
export interface Decision {
  readonly result: Omit<Result, 'by' | 'at'>;
  /** What the history calls it, when that is not the action of the result. */
  readonly what?: string;
  /** What the flow is told. */
  readonly outcome: Outcome;
  readonly unit?: UnitChange | undefined;
  /** Writes that record what became of the step. */
  readonly step?: (at: string) => Promise<TransactItem[]>;
}

/**
 * Finishes a work item: (1) load it for this person; (2) decide; (3) the same decision by the same person again
 * is answered as before; (4) in one transaction: the work item is done, the flow's wait has its outcome, the unit's
 * labels change hands, and the step is recorded; (5) when others were faster, look again.
 *
 * @throws StateConflict `ALREADY_DONE`, `CLOSED`, `CLAIMED`, `SERIAL_IN_USE`, `MAC_IN_USE`, `NOT_WAITING`
 */
export async function finishWorkItem(
  deps: Dependencies,
  employee: Employee,
  id: string,
  decide: (item: WorkItem) => Decision | Promise<Decision>,
  bulk?: BulkMark,
): Promise<WorkItem> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await loadFor(deps, employee, id);
    assertAsSelected(item, bulk);
    const { result, what = result.action, outcome, unit, step } = await decide(item);
    const now = deps.now();
    const at = now.toISOString();
    const made = {
      ...result,
      by: employee.sub,
      at,
      ...(bulk && { bulkRepair: bulk.bulkRepair }),
    };
    if (item.result && isDeepStrictEqual({ ...item.result, at }, made)) return item;

    const done = finish(item, made, now);
    const refused = await commit(deps, [
      ...guarded('item', writeWorkItem(done)),
      ...(item.wait === undefined ? [] : guarded('wait', answerWait(item.order, item.wait, outcome))),
      ...(unit ? await unitWrites(deps, unit, at) : []),
      ...guarded('bulk', ...(bulk?.writes ?? [])),
      ...guarded('entry', workItemHistory(done, deedOf(what, made))),
      ...guarded('step', ...((await step?.(at)) ?? [])),
    ]);
    if (refused.size === 0) return done;
    assertRunning(refused, bulk);
    const onlyMoved = refused.has('item') || refused.has('unit');
    // Items may have been added that wait for the step.
    const onlyLinked = refused.has('step') && !refused.has('wait');
    if (!onlyMoved && !onlyLinked)
      throw new StateConflict(
        'NOT_WAITING',
        `The flow of order ${item.order} does not wait for work item ${id} any more`,
      );
  }
  throw changedMeanwhile(id);
}

const deedOf = (what: string, { action, by, at, note, outputs, bulkRepair }: Result): Deed => ({
  what,
  by,
  at,
  ...(note !== undefined && { why: note }),
  ...(bulkRepair && { bulkRepair: bulkRepair.id }),
  details: { ...(what !== action && { code: action }), ...outputs },
});
