import type { Problem } from '#shared/domain/errors.ts';
import type { OrderDocument } from '#shared/tmf622/document.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import { type PlacedItem, placedItems } from '#shared/tmf622/items.ts';
import { pointer } from '#shared/tmf622/pointer.ts';
import { planOrder } from '#state-machines/planning/plan.ts';

/**
 * What stands against carrying an order out, asked of the very planning that order management does later: unknown
 * offerings and characteristics, actions without a flow, items that would wait for each other. An item without an
 * offering is no problem: a person completes it. Each problem names its field in the request.
 */
export function checkOrder(document: OrderDocument): readonly Problem[] {
  const facts = orderFacts(document);
  const plan = planOrder({ ...facts, order: '' });
  if (!('refusals' in plan)) return [];
  const placed = new Map(placedItems(document).map((entry) => [entry.item.id, entry]));
  return plan.refusals.map((problem) =>
    inRequest(problem, (index) => placed.get(facts.items[index]?.id ?? '')),
  );
}

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
