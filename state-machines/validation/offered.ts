import type { Offering } from '#shared/catalogue/offerings.ts';
import type { Flow } from '../language/flow.ts';

/** The offerings whose items can select a flow. */
export const offeringsOf = ({ selects }: Flow, offerings: readonly Offering[]): readonly Offering[] =>
  offerings.filter(
    ({ product, characteristics }) =>
      selects?.product === product &&
      Object.entries(selects.where ?? {}).every(
        ([name, value]) => characteristics.shape[name]?.safeParse(value).success ?? false,
      ),
  );

/** Whether every item of an offering has this fact from the start: given by the offering, mandatory, or with a default. */
export function givesAlways({ adds, characteristics }: Offering, name: string): boolean {
  if (name in adds) return true;
  const characteristic = characteristics.shape[name];
  if (!characteristic) return false;
  const absent = characteristic.safeParse(undefined);
  return !absent.success || absent.data !== undefined;
}

/** Whether an item of an offering can have this fact from the start. */
export const canGive = ({ adds, characteristics }: Offering, name: string): boolean =>
  name in adds || name in characteristics.shape;
