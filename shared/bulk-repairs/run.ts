import { MilepostError, TechnicalError } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import {
  type BulkItem,
  type BulkRepair,
  itemEntry,
  moveBulkRepair,
  readBulkItems,
  settleItem,
} from '#shared/store/bulk-repairs.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import { historyItem } from '#shared/store/history.ts';
import { resolveWorkItem } from '#shared/work-items/resolve.ts';
import { type BulkMark, NOT_RUNNING } from '#shared/work-items/within-bulk.ts';

/** Batches of one execution: its history has room for no more (25,000 events, nine of them a batch). */
const MOST_BATCHES = 2000;
const BATCHES_A_MINUTE = 6;

/** How many work items one batch has: about six batches a minute, and more only so that the list fits one execution. */
export const batchSize = ({ ratePerMinute, total }: Pick<BulkRepair, 'ratePerMinute' | 'total'>): number =>
  Math.max(Math.ceil(ratePerMinute / BATCHES_A_MINUTE), Math.ceil(total / MOST_BATCHES));

/** How long to wait after a batch, so that the rate is kept. */
export const pauseAfter = (items: number, ratePerMinute: number): number =>
  Math.max(1, Math.ceil((items * 60) / ratePerMinute));

/**
 * Repairs the next batch of a frozen list, one work item after the other. What was handled before is not in the batch,
 * and each is handled and counted in one transaction, so that a batch that breaks off goes on where it was.
 * @returns how many it took
 */
export async function repairBatch(deps: Dependencies, head: BulkRepair): Promise<number> {
  const handled = head.total - head.remaining;
  const { items } = await readBulkItems(deps, head.bulkRepair, itemEntry(handled), batchSize(head));
  let failed = head.failed;
  for (const item of items) {
    const outcome = await repairOne(deps, head, item);
    if (outcome === 'over') return items.length;
    if (outcome === 'failed') failed += 1;
    if (failed >= head.stopAt) return items.length;
  }
  return items.length;
}

/**
 * Handles one work item as its person would. One that is not as it was when it was selected is left alone; one for
 * which the repair is not possible has failed.
 */
async function repairOne(
  deps: Dependencies,
  head: BulkRepair,
  item: BulkItem,
): Promise<'done' | 'failed' | 'skipped' | 'over'> {
  const at = deps.now().toISOString();
  const mark: BulkMark = {
    bulkRepair: { id: head.bulkRepair, entry: item.entry },
    expects: item.expects,
    writes: settleItem(item, head, 'done', at),
  };
  try {
    await resolveWorkItem(deps, { sub: head.by, desks: head.desks }, item.workItem, head.resolution, mark);
    return 'done';
  } catch (error) {
    if (!(error instanceof MilepostError) || error instanceof TechnicalError) throw error;
    if (error.code === NOT_RUNNING) return 'over';
    const outcome = error.code === 'InvalidBody' || error.code === 'NOT_POSSIBLE' ? 'failed' : 'skipped';
    return (await settle(deps, head, item, outcome, error)) ? outcome : 'over';
  }
}

/** Counts a work item that was left alone, and says so in its order's history. */
async function settle(
  deps: Dependencies,
  head: BulkRepair,
  { bulkRepair, entry, order, suborder, step, workItem }: BulkItem,
  outcome: 'failed' | 'skipped',
  { code, message }: MilepostError,
): Promise<boolean> {
  const at = deps.now().toISOString();
  const refused = await commit(deps, [
    ...guarded('item', ...settleItem({ bulkRepair, entry }, head, outcome, at, `${code}: ${message}`)),
    ...guarded(
      'entry',
      historyItem({
        subject: order,
        id: `${suborder}#${step}#${bulkRepair}#${entry}`,
        at,
        what: `BULK_REPAIR_${outcome.toUpperCase()}`,
        by: head.by,
        why: `${code}: ${message}`,
        suborder,
        step,
        workItem,
        bulkRepair,
        details: { action: head.resolution.action },
      }),
    ),
  ]);
  return refused.size === 0;
}

/** Ends a bulk repair that is through, or pauses one with too many failures. @returns whether it goes on */
export async function goesOn(deps: Dependencies, head: BulkRepair): Promise<boolean> {
  if (head.failed >= head.stopAt) {
    await moveBulkRepair(deps, head.bulkRepair, ['running'], 'paused', { why: `${head.failed} failures` });
    return false;
  }
  if (head.remaining > 0) return true;
  await moveBulkRepair(deps, head.bulkRepair, ['running'], 'completed');
  return false;
}
