import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { isCancelled, isEnding } from '#shared/steps/ending.ts';
import type { Cancellation, Suborder } from '#shared/store/records.ts';

type Problem = NonNullable<Cancellation['problems']>[number];

/** What a request to cancel means for an order as it is now. */
export type Decision =
  /** Its items are not divided yet: order management carries the request out before it starts them. */
  | { readonly kind: 'later' }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'accepted'; readonly suborders: readonly Suborder[] };

/**
 * Decides about a request: an item past a hard point of no return refuses all of it, and so does a named item that is
 * complete. What depends on a cancelled item, by the gates between them, is cancelled with it. Until order management
 * has started the items it is itself what is cancelled.
 * @param rows all suborders of the order, order management first
 */
export function decide(
  { items }: Pick<Cancellation, 'items'>,
  rows: readonly Suborder[],
  isAsked: (item: string) => boolean,
): Decision {
  const management = rows.find(({ suborder }) => suborder === MANAGEMENT);
  const suborders = rows.filter(({ suborder }) => suborder !== MANAGEMENT);
  const isDivided = management?.passedHard !== undefined;
  if (!management || (!isDivided && items && management.endedAt === undefined)) return { kind: 'later' };
  if (!isDivided) return accept([management]);
  if (!items) return accept(suborders);
  const named = suborders.filter(({ item }) => item !== undefined && isAsked(item));
  const complete = named.filter(({ endedAt, ends }) => endedAt !== undefined && ends === undefined);
  if (complete.length > 0) return { kind: 'refused', problems: complete.map(isComplete) };
  return accept(withDependents(named, suborders));
}

function accept(rows: readonly Suborder[]): Decision {
  const running = rows.filter(({ endedAt }) => endedAt === undefined);
  const passed = running.filter((row) => row.passedHard !== undefined && !isCancelled(row));
  if (passed.length > 0) return { kind: 'refused', problems: passed.map(isPastReturn) };
  if (running.length === 0 && !rows.some(isEnding))
    return {
      kind: 'refused',
      problems: [{ code: 'ORDER_ENDED', message: 'The order has ended: nothing is left to cancel' }],
    };
  return { kind: 'accepted', suborders: rows.filter((row) => row.endedAt === undefined || isEnding(row)) };
}

const isComplete = ({ item }: Suborder): Problem => ({
  ...(item !== undefined && { item }),
  code: 'ITEM_COMPLETE',
  message: `Item ${item} is complete; it ends by an order of its own`,
});

const isPastReturn = ({ item, passedHard }: Suborder): Problem => ({
  ...(item !== undefined && { item }),
  code: 'POINT_OF_NO_RETURN',
  message: `${item === undefined ? 'The order' : `Item ${item}`} is past its point of no return, the step ${passedHard}`,
});

/** These suborders and those that depend on them: whose gates wait, or waited, for one of their milestones. */
function withDependents(named: readonly Suborder[], all: readonly Suborder[]): Suborder[] {
  const found = new Set(named.map(({ suborder }) => suborder));
  for (const number of found) {
    const row = all.find(({ suborder }) => suborder === number);
    for (const [milestone, openings] of Object.entries(row?.opens ?? {}))
      if (milestone !== 'ENDED') for (const { wait } of openings) found.add(wait.slice(0, wait.indexOf('#')));
  }
  return all.filter(({ suborder }) => found.has(suborder));
}
