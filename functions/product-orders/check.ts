import { findOffering } from '#shared/catalogue/offerings.ts';
import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';
import type { OrderDocument } from '#shared/tmf622/document.ts';
import { type ItemFacts, orderFacts } from '#shared/tmf622/facts.ts';
import { type PlacedItem, placedItems } from '#shared/tmf622/items.ts';
import { pointer } from '#shared/tmf622/pointer.ts';
import { itemPointer } from '#state-machines/planning/draft.ts';
import { planOrder } from '#state-machines/planning/plan.ts';
import { schedule } from '#state-machines/planning/timing.ts';

/** What is known of an order that can be carried out. */
export interface Outlook {
  readonly expectedCompletionDate: string;
  /** Whether the customer and credit are to be checked first. */
  readonly newContract: boolean;
}

/**
 * Whether an order can be carried out, and when it should then be complete, asked of the very planning that order
 * management does later. What stands against it: unknown offerings and characteristics, actions without a flow, items
 * that would wait for each other, a date too far away, and what only the product itself may order. An item without an offering is no problem: a person completes it.
 * @throws InvalidRequest with a problem for each field of the request
 */
export function checkOrder(document: OrderDocument): Outlook {
  const facts = orderFacts(document);
  const plan = planOrder({ ...facts, order: '' });
  const problems = [...channelProblems(facts.items), ...('refusals' in plan ? plan.refusals : [])];
  if (problems.length > 0 || 'refusals' in plan) {
    const placed = new Map(placedItems(document).map((entry) => [entry.item.id, entry]));
    throw new InvalidRequest(
      problems.map((problem) => inRequest(problem, (index) => placed.get(facts.items[index]?.id ?? ''))),
    );
  }
  const now = new Date(document.orderDate);
  const { startsAt, end } = schedule(plan, facts, now);
  if (startsAt && startsAt.getTime() - now.getTime() > MOST_DAYS_AHEAD * DAY_MS) {
    const field = facts.readyBy === undefined ? 'requestedStartDate' : 'requestedCompletionDate';
    throw new InvalidRequest([
      {
        pointer: pointer([field]),
        message: `The order would begin in more than ${MOST_DAYS_AHEAD} days; send it later`,
      },
    ]);
  }
  return {
    expectedCompletionDate: end.toISOString(),
    newContract: plan.management.flags.newContract ?? true,
  };
}

/**
 * What channels may not order although it could be carried out: what only happens by itself, and changes or the end of
 * a product that they do not name.
 */
const channelProblems = (items: readonly ItemFacts[]): Problem[] =>
  items.flatMap(({ id, action, offering, installedProductId }, index) => [
    ...(offering !== undefined && findOffering(offering)?.orderable === false
      ? [
          {
            pointer: itemPointer(index, '/productOffering/id'),
            message: `Item ${id}: ${offering} cannot be ordered; it begins when something happens`,
          },
        ]
      : []),
    ...((action === 'modify' || action === 'delete') && installedProductId === undefined
      ? [
          {
            pointer: itemPointer(index, '/product/id'),
            message: `Item ${id}: '${action}' needs the id of the installed product`,
            missing: true,
          },
        ]
      : []),
  ]);

const DAY_MS = 86_400_000;
/** An execution lives for a year at most, and the order has to be carried out within it. */
const MOST_DAYS_AHEAD = 300;

const IN_ITEM = /^\/productOrderItem\/(\d+)(.*)$/;
const IN_CHARACTERISTIC = /^\/product\/productCharacteristic\/([^/]+)(.*)$/;

/** Planning counts suborders and knows characteristics by name: its pointers are turned into those of the request. */
function inRequest(problem: Problem, placedAt: (index: number) => PlacedItem | undefined): Problem {
  const [, index, rest = ''] = IN_ITEM.exec(problem.pointer) ?? [];
  const placed = index === undefined ? undefined : placedAt(Number(index));
  if (!placed) return problem;
  return { ...problem, pointer: pointer(placed.path) + inItem(placed, rest) };
}

function inItem({ item }: PlacedItem, rest: string): string {
  if (rest === '/productOffering/id' && !item.productOffering) return '/product/productOffering/id';
  const [, name, inValue = ''] = IN_CHARACTERISTIC.exec(rest) ?? [];
  if (name === undefined) return rest;
  const index = (item.product?.productCharacteristic ?? []).findIndex(
    (characteristic) => pointer([characteristic.name]) === `/${name}`,
  );
  return index < 0
    ? '/product/productCharacteristic'
    : `/product/productCharacteristic/${index}/value${inValue}`;
}
