import type { Facts } from '#shared/domain/facts.ts';
import type { Action, Product } from '#shared/domain/products.ts';
import { type Flow, type FlowPattern, productsOf, type Selection } from '../language/flow.ts';

/** What decides which flow an order item gets. */
export interface Wanted {
  readonly product: Product;
  readonly action: Action;
  readonly characteristics: Facts;
}

export type Selected = { readonly flow: Flow } | { readonly reason: string };

/** Whether a gate's pattern means this flow. */
export const matchesFlow = (pattern: FlowPattern, flow: Flow): boolean =>
  pattern === '*' ||
  (pattern.endsWith('.*') ? flow.id.startsWith(pattern.slice(0, -1)) : flow.id === pattern);

/** Whether any flow does this to the product, whatever the characteristics. */
export const hasFlowFor = (flows: readonly Flow[], product: Product, action: Action): boolean =>
  flows.some((flow) => isAbout(flow, product, action));

const isAbout = (flow: Flow, product: Product, action: Action): boolean =>
  productsOf(flow).includes(product) && flow.selects?.action === action;

/** The flow of an order item: of those whose conditions it meets, the one with the most conditions. */
export function selectFlow(flows: readonly Flow[], wanted: Wanted): Selected {
  const candidates = flows.filter((flow) => isAbout(flow, wanted.product, wanted.action));
  const what = `'${wanted.action}' ${wanted.product}`;
  if (candidates.length === 0) return { reason: `no flow does ${what}` };
  const matching = candidates.filter(({ selects }) =>
    conditions(selects).every(([name, value]) => wanted.characteristics[name] === value),
  );
  const most = Math.max(...matching.map(specificity));
  const [best, rival] = matching.filter((flow) => specificity(flow) === most);
  if (best && rival) return { reason: `more than one flow does ${what}: ${best.id} and ${rival.id}` };
  return best ? { flow: best } : { reason: `no flow does ${what} with ${shortfall(candidates, wanted)}` };
}

/** Pairs of flows between which some item could not choose, each with a message. */
export function ambiguousSelections(flows: readonly Flow[]): string[] {
  return flows.flatMap((flow, index) =>
    flows
      .slice(index + 1)
      .filter((other) => ambiguous(flow, other))
      .map(
        (other) =>
          `${flow.id} and ${other.id} can both be meant by the same item, and neither is more specific: give one of them another condition in 'where'`,
      ),
  );
}

function ambiguous(a: Flow, b: Flow): boolean {
  if (!a.selects || !b.selects) return false;
  if (a.selects.action !== b.selects.action) return false;
  if (!productsOf(a).some((product) => productsOf(b).includes(product))) return false;
  const where = b.selects.where ?? {};
  return (
    specificity(a) === specificity(b) &&
    conditions(a.selects).every(([name, value]) => where[name] === undefined || where[name] === value)
  );
}

const conditions = (selects: Selection | undefined) => Object.entries(selects?.where ?? {});

const specificity = ({ selects }: Flow): number => conditions(selects).length;

/** The item's values of the characteristics that flows of this product ask for, and the values that would do. */
function shortfall(candidates: readonly Flow[], { characteristics }: Wanted): string {
  const names = [...new Set(candidates.flatMap(({ selects }) => conditions(selects).map(([name]) => name)))];
  const given = names.map((name) => `${name} ${describe(characteristics[name])}`).join(' and ');
  const possible = candidates.map(({ selects }) =>
    conditions(selects)
      .map(([name, value]) => `${name} ${describe(value)}`)
      .join(' and '),
  );
  return `${given}; there are flows for ${possible.join(', or ')}`;
}

const describe = (value: unknown): string => (value === undefined ? 'not given' : `'${String(value)}'`);
