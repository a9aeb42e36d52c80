import { CHANGE, type Offering, type Variant } from '#shared/catalogue/offering.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { allowedValues, propertiesOf } from '#shared/schema/properties.ts';
import type { FlowChoice } from '#shared/tmf620/product-offering.ts';
import { type Flow, productsOf } from '../language/flow.ts';
import { selectFlow } from './select.ts';

/**
 * The flows that an order item gets when it names an offering in this way, with what the item has to choose for each;
 * the first that it meets is its own. Asked of the very selection that planning does, for every choice that matters.
 */
export function flowChoices(
  flows: readonly Flow[],
  { product, adds }: Offering,
  { action, characteristics }: Variant,
): readonly FlowChoice[] {
  const conditions = flows
    .filter((flow) => productsOf(flow).includes(product) && flow.selects?.action === action)
    .flatMap(({ selects }) => Object.entries(selects?.where ?? {}));
  const properties = propertiesOf(characteristics).filter(({ name }) =>
    conditions.some(([condition]) => condition === name),
  );
  const choices = properties.reduce<readonly Facts[]>(
    (sofar, { name, required, description }) => {
      const named = conditions.flatMap(([condition, value]) => (condition === name ? [value] : []));
      const values = [
        ...(allowedValues(description) ?? named),
        ...(required || description.default !== undefined ? [] : [undefined]),
      ];
      return sofar.flatMap((choice) => values.map((value) => ({ ...choice, [name]: value })));
    },
    [{}],
  );
  const selected = choices.flatMap((choice) => {
    const wanted = selectFlow(flows, { product, action, characteristics: { ...adds, ...choice } });
    return 'flow' in wanted ? [wanted.flow] : [];
  });
  return [...new Set(selected)]
    .map(({ id, title, expected, selects }) => ({
      id,
      title,
      expectedDuration: expected,
      where: Object.fromEntries(
        Object.entries(selects?.where ?? {}).filter(([name]) => name !== CHANGE && !(name in adds)),
      ),
    }))
    .sort((a, b) => Object.keys(b.where).length - Object.keys(a.where).length);
}
