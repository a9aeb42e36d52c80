import type { BulkItem, BulkRepair, ListedBulkRepair } from '#shared/store/bulk-repairs.ts';

/** A bulk repair as the API shows it; `counts` tells what the list is made of. */
export function bulkRepairView(head: BulkRepair) {
  const { bulkRepair, entry: _entry, desks: _desks, place: _place, stopAt: _stopAt, ...rest } = head;
  const { version: _version, tolerates, counts, ...shown } = rest;
  return {
    id: bulkRepair,
    ...shown,
    stopAfterFailures: tolerates,
    counts: Object.entries(counts).map(([group, count]) => {
      const [desk, flow, step, error] = group.split(' ');
      return { desk, flow, step, error, count };
    }),
  };
}

/** A bulk repair as a list shows it. */
export const listedBulkRepairView = ({ bulkRepair, listKey: _listKey, ...shown }: ListedBulkRepair) => ({
  id: bulkRepair,
  ...shown,
});

/** A work item of a bulk repair's list. */
export const bulkItemView = ({ bulkRepair: _id, entry, expects: _expects, ...shown }: BulkItem) => ({
  number: Number(entry.slice(entry.indexOf('#') + 1)),
  ...shown,
});
