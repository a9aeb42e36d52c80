import { type Offering, type Variant, variantsOf } from '#shared/catalogue/offerings.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { Product } from '#shared/domain/products.ts';
import { type Flow, productsOf } from '../language/flow.ts';

/** A way in which an item can name an offering and select a flow. */
export interface Offered {
  readonly adds: Facts;
  readonly variant: Variant;
}

/** Every way in which items of a product can name an offering. */
export const offeredOf = (product: Product, offerings: readonly Offering[]): readonly Offered[] =>
  offerings
    .filter((offering) => offering.product === product)
    .flatMap((offering) => variantsOf(offering).map((variant) => ({ adds: offering.adds, variant })));

/** The ways in which items can select a flow. */
export const offeredFor = (flow: Flow, offerings: readonly Offering[]): readonly Offered[] =>
  productsOf(flow)
    .flatMap((product) => offeredOf(product, offerings))
    .filter(
      ({ adds, variant: { action, characteristics } }) =>
        action === flow.selects?.action &&
        Object.entries(flow.selects.where ?? {}).every(
          ([name, value]) =>
            adds[name] === value || (characteristics.shape[name]?.safeParse(value).success ?? false),
        ),
    );

/** Whether every item has this fact from the start: given by the offering, mandatory, or with a default. */
export function givesAlways({ adds, variant }: Offered, name: string): boolean {
  if (name in adds) return true;
  const characteristic = variant.characteristics.shape[name];
  if (!characteristic) return false;
  const absent = characteristic.safeParse(undefined);
  return !absent.success || absent.data !== undefined;
}

/** Whether an item can have this fact from the start. */
export const canGive = ({ adds, variant }: Offered, name: string): boolean =>
  name in adds || name in variant.characteristics.shape;
