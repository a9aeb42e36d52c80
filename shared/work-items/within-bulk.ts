import { isDeepStrictEqual } from 'node:util';
import { StateConflict } from '#shared/domain/errors.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { BulkItem } from '#shared/store/bulk-repairs.ts';
import type { WorkItem } from '#shared/store/records.ts';

/** A deed that is one of a bulk repair: it counts there in the same transaction. */
export interface BulkMark {
  readonly bulkRepair: NonNullable<NonNullable<WorkItem['result']>['bulkRepair']>;
  /** What was selected. */
  readonly expects: BulkItem['expects'];
  readonly writes: readonly TransactItem[];
}

/** The bulk repair was paused or stopped, or has handled this item before. */
export const NOT_RUNNING = 'NOT_RUNNING';

/** @throws StateConflict `CHANGED_MEANWHILE` when the work item is not as it was selected */
export function assertAsSelected(item: WorkItem, bulk: BulkMark | undefined): void {
  const { workItem, falloutDesk, falloutKey, failure } = item;
  if (bulk && !isDeepStrictEqual({ falloutDesk, falloutKey, error: failure?.error }, bulk.expects))
    throw new StateConflict('CHANGED_MEANWHILE', `Work item ${workItem} has changed since it was selected`);
}

/** @throws StateConflict `NOT_RUNNING` when it was the bulk repair that refused */
export function assertRunning(refused: ReadonlySet<string>, bulk: BulkMark | undefined): void {
  if (bulk && refused.has('bulk'))
    throw new StateConflict(
      NOT_RUNNING,
      `Bulk repair ${bulk.bulkRepair.id} does not go on, or has done this`,
    );
}
