import * as z from 'zod';
import type { Problem } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { Action, Product } from '#shared/domain/products.ts';

/** Something that the operator sells: what an order item names. */
export interface Offering {
  /** What an order names it by, such as `fibre-1000`. */
  readonly id: string;
  readonly name: string;
  readonly product: Product;
  /** What an item that adds it may choose: types, allowed values and defaults. Without it, nobody can add it. */
  readonly add?: z.ZodObject;
  /** What can be changed once it is installed: the value of the characteristic `change`, and what else it needs. */
  readonly changes?: Readonly<Record<string, z.ZodObject>>;
  /** What an item that ends it may say. Without it, nobody can end it. */
  readonly remove?: z.ZodObject;
  /** Whether channels can order it; otherwise only the product itself does, when something happens. Default true. */
  readonly orderable?: boolean;
  /** Facts that the offering itself gives to the steps of its flow; an order cannot change them. */
  readonly adds: Facts;
}

/** Declares an offering. */
export const defineOffering = (offering: Offering): Offering => offering;

/** The characteristic that says what a `modify` changes. */
export const CHANGE = 'change';

/** One way in which an item can name an offering: what it does, and the characteristics that it may then have. */
export interface Variant {
  readonly action: Action;
  readonly change: string | undefined;
  readonly characteristics: z.ZodObject;
}

/** Every way in which an item can name an offering. */
export const variantsOf = ({ add, changes = {}, remove }: Offering): readonly Variant[] => [
  ...(add ? [{ action: 'add' as const, change: undefined, characteristics: add }] : []),
  ...Object.entries(changes).map(([change, characteristics]) => ({
    action: 'modify' as const,
    change,
    characteristics: characteristics.extend({ [CHANGE]: z.literal(change) }),
  })),
  ...(remove ? [{ action: 'delete' as const, change: undefined, characteristics: remove }] : []),
];

/** The characteristics of an item with defaults filled in, or what is wrong with them. */
export type CharacteristicsResult =
  | { readonly values: Facts }
  | { readonly problems: readonly [Problem, ...Problem[]] };

/**
 * Checks an item's characteristics against its offering and fills in the defaults. A problem's `pointer` is a
 * JSON Pointer into `values`: `/drop`, or `/addons/1`.
 */
export function validateCharacteristics(
  offering: Offering,
  action: Action,
  values: Readonly<Record<string, unknown>>,
): CharacteristicsResult {
  const variants = variantsOf(offering).filter((variant) => variant.action === action);
  const variant = variants.find(({ change }) => change === undefined || change === values[CHANGE]);
  if (!variant) return { problems: [noVariant(offering, action, variants, values)] };
  const { characteristics } = variant;
  const checked = characteristics.safeParse(values);
  if (checked.success) return { values: checked.data };
  const [first, ...others] = checked.error.issues.flatMap((issue) =>
    problemsOf(offering, characteristics, issue, values),
  );
  if (!first) throw checked.error;
  return { problems: [first, ...others] };
}

function noVariant(
  { id }: Offering,
  action: Action,
  variants: readonly Variant[],
  values: Readonly<Record<string, unknown>>,
): Problem {
  if (variants.length === 0) return { pointer: '', message: `${id} cannot be ordered with '${action}'` };
  const changes = variants.flatMap(({ change }) => (change === undefined ? [] : `'${change}'`)).join(' or ');
  return values[CHANGE] === undefined
    ? { pointer: `/${CHANGE}`, message: `${id} needs ${CHANGE}: ${changes}`, missing: true }
    : { pointer: `/${CHANGE}`, message: `${CHANGE} must be ${changes}` };
}

function problemsOf(
  offering: Offering,
  characteristics: z.ZodObject,
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointer([key]),
      message: unknownCharacteristic(offering, characteristics, key),
    }));
  const [name = ''] = issue.path;
  if (values[String(name)] === undefined)
    return [{ pointer: pointer(issue.path), message: `${offering.id} needs ${String(name)}`, missing: true }];
  return [{ pointer: pointer(issue.path), message: `${issue.path.join('.')} ${expectation(issue)}` }];
}

function unknownCharacteristic({ id }: Offering, characteristics: z.ZodObject, name: string): string {
  const known = Object.keys(characteristics.shape);
  const list = known.length > 0 ? `it has ${known.join(', ')}` : 'it has none';
  return `${id} has no characteristic ${name}; ${list}`;
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `must be ${issue.values.map((value) => `'${String(value)}'`).join(' or ')}`;
    case 'invalid_type':
      return `must be of type ${issue.expected}`;
    default:
      return `is wrong: ${issue.message}`;
  }
}

const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
