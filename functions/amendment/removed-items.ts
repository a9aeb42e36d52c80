import { createHash } from 'node:crypto';
import { decide } from '#shared/cancellation/decide.ts';
import { StateConflict } from '#shared/domain/errors.ts';
import { endsSuborder } from '#shared/steps/begin-ending.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import { isEnding } from '#shared/steps/ending.ts';
import { newCancellation } from '#shared/store/cancellations.ts';
import type { StoredOrder } from '#shared/store/orders.ts';
import { itemsWithin } from '#shared/tmf622/items.ts';
import type { UnderWay } from './added-items.ts';

/** What becomes of items that an order is to have no more. */
export interface RemovedItems {
  /** Ids of all items that are cancelled, with those that depend on the ones that are removed. */
  readonly items: readonly string[];
  /** The request that cancels them. */
  readonly request: readonly TransactItem[];
  /** What decides that they end; until the order is divided, order management does that. */
  readonly ends: readonly TransactItem[];
}

const NOTHING: RemovedItems = { items: [], request: [], ends: [] };

/**
 * Items that are removed are cancelled by a request as any other, which is accepted together with the rest of the change.
 * @throws StateConflict `PointOfNoReturn` when one of them cannot be cancelled any more, with the item and why
 */
export function removeItems(
  {
    stored: { header, document },
    underWay: { suborders },
    now,
  }: { readonly stored: StoredOrder; readonly underWay: UnderWay; readonly now: Date },
  removed: readonly string[],
): RemovedItems {
  if (removed.length === 0) return NOTHING;
  const { order, amendments = 0 } = header;
  const asked = itemsWithin(document, removed);
  const decision = decide({ items: [...removed] }, suborders, (item) => asked.has(item));
  if (decision.kind === 'refused')
    throw new StateConflict('PointOfNoReturn', decision.problems.map(({ message }) => message).join('; '));
  const rows = decision.kind === 'accepted' ? decision.suborders : [];
  const items = [...removed].sort();
  const bodyHash = createHash('sha256')
    .update(`${amendments}\n${items.join('\n')}`)
    .digest('hex');
  const cancellation = `${order}-${bodyHash.slice(0, 8).toUpperCase()}`;
  const reason = 'Removed from the order';
  return {
    items: decision.kind === 'later' ? [...asked] : rows.flatMap(({ item }) => item ?? []),
    request: [
      newCancellation({ cancellation, order, bodyHash, requestedAt: now.toISOString(), reason, items }),
    ],
    ends: rows
      .filter((row) => !isEnding(row))
      .map((row) => endsSuborder(row, { ends: 'cancelled', cancelledBy: cancellation })),
  };
}
