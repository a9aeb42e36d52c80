import { DESK_IDS, type Desk } from '#shared/domain/desks.ts';
import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import {
  type BulkItem,
  type BulkRepair,
  freezeItem,
  itemEntry,
  type ListedFallout,
  listFallout,
  writeBulkRepair,
} from '#shared/store/bulk-repairs.ts';
import { worksAt } from '#shared/work-items/employee.ts';

/** More work items than this are for another bulk repair: an execution has room for no more (25,000 events). */
export const LARGEST_LIST = 10_000;

/** Leaves room for the bulk repair itself among the 100 writes of a transaction. */
const PAGE = 99;
/** How many pages without anything in them are looked at before the place is written down. */
const READS = 30;

/** The desks that a bulk repair looks at: the filter's, else all at which the person works. */
export const desksOf = ({
  filter,
  by,
  desks,
}: Pick<BulkRepair, 'filter' | 'by' | 'desks'>): readonly Desk[] =>
  filter.desk ? [filter.desk] : DESK_IDS.filter((desk) => worksAt({ sub: by, desks }, desk));

/**
 * Freezes one more page of the list, in one transaction with the place from which to go on: repeated, it changes
 * nothing. When all desks were looked at, the bulk repair is `ready`, or runs at once.
 * @returns the bulk repair as it is now; undefined when somebody else has written it meanwhile
 */
export async function selectPage(deps: Dependencies, head: BulkRepair): Promise<BulkRepair | undefined> {
  const { total, createdAt } = head;
  const desks = desksOf(head);
  let { place } = head;
  for (let reads = 0; reads < READS; reads += 1) {
    const desk = desks[place.desk];
    if (!desk || total >= LARGEST_LIST) return freeze(deps, head, [], { ...frozen(head), place });
    const { items, last } = await listFallout(deps, {
      desk,
      before: before(head),
      after: place.after,
      limit: PAGE,
    });
    place = last === undefined ? { desk: place.desk + 1 } : { desk: place.desk, after: last };
    const selected = items.filter((item) => matches(head, item, createdAt)).slice(0, LARGEST_LIST - total);
    if (selected.length > 0) return freeze(deps, head, selected, { place });
  }
  return freeze(deps, head, [], { place });
}

/** What came to its desk later is not looked at. */
function before({ createdAt, filter: { olderThan } }: BulkRepair): string {
  if (!isDuration(olderThan)) return createdAt;
  return new Date(Date.parse(createdAt) - durationSeconds(olderThan) * 1000).toISOString();
}

const isDuration = (text: string | undefined): text is IsoDuration => text?.startsWith('P') ?? false;

/** What somebody has in hand is theirs. */
function matches(
  { filter }: BulkRepair,
  { flow, step, failure, claim }: ListedFallout,
  now: string,
): boolean {
  return (
    (filter.flow === undefined || filter.flow === flow) &&
    (filter.step === undefined || filter.step === step) &&
    (filter.error === undefined || filter.error === failure.error) &&
    !(claim && claim.until > now)
  );
}

const frozen = ({ dryRun, total }: BulkRepair) => ({
  status: dryRun ? ('ready' as const) : ('running' as const),
  ...(total >= LARGEST_LIST && { truncated: true }),
});

async function freeze(
  deps: Dependencies,
  head: BulkRepair,
  selected: readonly ListedFallout[],
  change: Partial<BulkRepair>,
): Promise<BulkRepair | undefined> {
  const total = head.total + selected.length;
  const counts = { ...head.counts };
  for (const { desk, flow = '', step, failure } of selected) {
    const group = [desk, flow, step, failure.error].join(' ');
    counts[group] = (counts[group] ?? 0) + 1;
  }
  const next = { ...head, ...change, counts, total, remaining: total, version: head.version + 1 };
  const refused = await writeTogether(deps, [
    writeBulkRepair(next),
    ...selected.map((item, index) => freezeItem(frozenItem(head, item, head.total + index + 1))),
  ]);
  return refused ? undefined : next;
}

const frozenItem = (
  { bulkRepair }: BulkRepair,
  { workItem, order, suborder, step, desk, falloutKey, failure }: ListedFallout,
  number: number,
): BulkItem => ({
  bulkRepair,
  entry: itemEntry(number),
  workItem,
  expects: { falloutDesk: desk, falloutKey, error: failure.error },
  order,
  suborder,
  step,
  status: 'remaining',
});
