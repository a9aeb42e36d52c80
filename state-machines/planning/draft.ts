import { findOffering, validateCharacteristics } from '#shared/catalogue/offerings.ts';
import type { Problem } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { type Flags, isChosen } from '#shared/domain/flags.ts';
import type { Product } from '#shared/domain/products.ts';
import { flagsOf } from '../language/flags.ts';
import type { Flow } from '../language/flow.ts';
import type { PlanItem } from './model.ts';
import { type Path, plannedPath } from './path.ts';
import { hasFlowFor, selectFlow } from './select.ts';

/** What is to be done about one item, before its links to others are known. */
export type Draft = { readonly suborder: string; readonly item: PlanItem } & (
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'incomplete'; readonly reason: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | ({ readonly kind: 'chosen' } & Chosen)
);

/** The flow that an item gets, and what its steps start from. */
export interface Chosen {
  readonly product: Product;
  readonly flow: Flow;
  readonly path: Path;
  readonly flags: Flags;
  readonly facts: Facts;
}

/** Number of the suborder of the item at this place: `01` first, `100` for the hundredth. */
export const suborderNumber = (index: number): string => String(index + 1).padStart(2, '0');

/** Chooses the flow of one item by its offering, action and characteristics. */
export function draft(item: PlanItem, index: number, flows: readonly Flow[]): Draft {
  const base = { suborder: suborderNumber(index), item };
  const refused = (path: string, message: string): Draft => ({
    ...base,
    kind: 'refused',
    problems: [{ pointer: itemPointer(index, path), message: `Item ${item.id}: ${message}` }],
  });
  const { action } = item;
  if (action === 'noChange') return { ...base, kind: 'unchanged' };
  if (item.offering === undefined)
    return { ...base, kind: 'incomplete', reason: 'The item names no product offering' };

  const offering = findOffering(item.offering);
  if (!offering) return refused('/productOffering/id', `there is no offering ${item.offering}`);
  const { product } = offering;
  if (!hasFlowFor(flows, product, action))
    return refused('/action', `no flow does '${action}' for ${product} (${offering.id})`);

  const checked = validateCharacteristics(offering, action, item.characteristics);
  if ('problems' in checked)
    return {
      ...base,
      kind: 'refused',
      problems: checked.problems.map((problem) => ({
        ...problem,
        pointer: itemPointer(index, `/product/productCharacteristic${problem.pointer}`),
        message: `Item ${item.id}: ${problem.message}`,
      })),
    };
  const characteristics = { ...checked.values, ...offering.adds };
  const selected = selectFlow(flows, { product, action, characteristics });
  if ('reason' in selected) return refused('/product/productCharacteristic', selected.reason);

  const { flow } = selected;
  const flags: Flags = Object.fromEntries(
    flagsOf(flow).map((flag) => [flag, isChosen(flag, characteristics)]),
  );
  return {
    ...base,
    kind: 'chosen',
    product,
    flow,
    path: plannedPath(flow, flags),
    flags,
    facts: {
      ...characteristics,
      product,
      ...(item.installedProductId !== undefined && { installedProductId: item.installedProductId }),
      ...(item.quantity !== undefined && { quantity: item.quantity }),
    },
  };
}

/** JSON Pointer into the TMF622 body of the order. */
export const itemPointer = (index: number, path = ''): string => `/productOrderItem/${index}${path}`;
