import * as fc from 'fast-check';
import { OFFERINGS } from '#shared/catalogue/offerings.ts';
import type { OrderPlan, PlanFacts, PlanItem, Refusal } from '#state-machines/planning/plan.ts';

/** An item with usual values. */
export const item = (id: string, offering: string | undefined, more: Partial<PlanItem> = {}): PlanItem => ({
  id,
  action: 'add',
  offering,
  characteristics: {},
  reliesOn: [],
  ...more,
});

/** An order with these items. */
export const order = (items: readonly PlanItem[], more: Partial<PlanFacts> = {}): PlanFacts => ({
  order: '7XK2M9QD4T',
  orderDate: '2026-03-02T08:00:00.000Z',
  items,
  ...more,
});

/** The reference bundle: items `1` to `7`. */
export const BUNDLE = [
  item('1', 'fibre-1000'),
  item('2', 'internet-1000'),
  item('3', 'router-wifi7'),
  item('4', 'set-top-box-4k'),
  item('5', 'iptv-basic'),
  item('6', 'voip-home'),
  item('7', 'mobile-postpaid-20gb'),
];

/** The plan of an order that must not be refused. */
export function accepted(result: OrderPlan | Refusal): OrderPlan {
  if ('refusals' in result) throw new Error(JSON.stringify(result.refusals));
  return result;
}

/** Why an order was refused; empty when it was not. */
export const refusals = (result: OrderPlan | Refusal): readonly string[] =>
  'refusals' in result ? result.refusals.map(({ pointer, message }) => `${pointer} ${message}`) : [];

/** Random bundles with relations that mostly point back to earlier items, as people's orders do, and sometimes anywhere. */
export const anyOrder = (maxItems: number): fc.Arbitrary<PlanFacts> =>
  fc
    .integer({ min: 1, max: maxItems })
    .chain((count) => fc.array(anyItem(count), { minLength: count, maxLength: count }))
    .map((items) =>
      order(
        items.map(({ offering, action, flag, targets, forward }, index) =>
          item(String(index + 1), offering, {
            action,
            characteristics: characteristicsOf(offering, flag),
            reliesOn: [
              ...new Set(
                targets.flatMap((target) =>
                  forward || target < index ? (target === index ? [] : [String(target + 1)]) : [],
                ),
              ),
            ],
          }),
        ),
      ),
    );

/** Offerings that a channel can add without saying more. */
const ADDABLE = OFFERINGS.filter(({ add, orderable = true }) => orderable && add?.safeParse({}).success).map(
  ({ id }) => id,
);

const anyItem = (count: number) =>
  fc.record({
    offering: fc.option(fc.constantFrom(...ADDABLE), { nil: undefined, freq: 20 }),
    action: fc.constantFrom(...Array<'add'>(19).fill('add'), 'noChange' as const),
    flag: fc.boolean(),
    targets: fc.array(fc.nat(count - 1), { maxLength: 2 }),
    forward: fc.nat(40).map((value) => value === 0),
  });

function characteristicsOf(offering: string | undefined, flag: boolean): Record<string, unknown> {
  if (offering === 'fibre-1000') return { selfInstall: flag };
  return offering === 'router-wifi7' ? { upFront: flag } : {};
}
