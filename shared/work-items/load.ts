import { NotFound, StateConflict } from '#shared/domain/errors.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { readWorkItem, writeWorkItem } from '#shared/store/work-items.ts';
import { assertWorksAt, type Employee } from './employee.ts';
import { type Deed, workItemHistory } from './history.ts';
import { assertAsSelected, assertRunning, type BulkMark } from './within-bulk.ts';

/** How often a change is tried again when somebody else changes the same work item. */
export const ATTEMPTS = 4;

/** @throws NotFound; Forbidden when the person does not work at the item's desk */
export async function loadFor(deps: Dependencies, employee: Employee, id: string): Promise<WorkItem> {
  const item = await readWorkItem(deps, id);
  if (!item) throw new NotFound('Work item', id);
  assertWorksAt(employee, item.desk);
  return item;
}

/** What belongs to the same transaction as a change. */
interface ChangeOptions {
  readonly bulk?: BulkMark | undefined;
  readonly also?: (changed: WorkItem) => readonly TransactItem[];
}

/** Changes a work item that stays on a desk; what another changed meanwhile is looked at again. */
export async function changeWorkItem(
  deps: Dependencies,
  employee: Employee,
  id: string,
  deed: Pick<Deed, 'what' | 'why' | 'details'>,
  change: (item: WorkItem, now: Date) => WorkItem,
  { bulk, also }: ChangeOptions = {},
): Promise<WorkItem> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await loadFor(deps, employee, id);
    assertAsSelected(item, bulk);
    const now = deps.now();
    const changed = change(item, now);
    if (changed === item) return changed;
    const refused = await commit(deps, [
      ...guarded('item', writeWorkItem(changed)),
      ...guarded('also', ...(also?.(changed) ?? [])),
      ...guarded('bulk', ...(bulk?.writes ?? [])),
      ...guarded(
        'entry',
        workItemHistory(changed, {
          ...deed,
          by: employee.sub,
          at: now.toISOString(),
          ...(bulk && { bulkRepair: bulk.bulkRepair.id }),
        }),
      ),
    ]);
    if (refused.size === 0) return changed;
    assertRunning(refused, bulk);
    if (refused.has('also') && !refused.has('item'))
      throw new StateConflict(
        'NOT_WAITING',
        `The flow of order ${item.order} does not wait for work item ${id} any more`,
      );
  }
  throw changedMeanwhile(id);
}

export const changedMeanwhile = (id: string): StateConflict =>
  new StateConflict('CHANGED_MEANWHILE', `Work item ${id} is being changed by others; look at it again`);
