import type * as z from 'zod';
import type { Problem } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { Product } from '#shared/domain/products.ts';

/** Something that the operator sells: what an order item names. */
export interface Offering {
  /** What an order names it by, such as `fibre-1000`. */
  readonly id: string;
  readonly name: string;
  readonly product: Product;
  /** What the order may choose: types, allowed values and defaults. What is not listed here is refused. */
  readonly characteristics: z.ZodObject;
  /** Facts that the offering itself gives to the steps of its flow; an order cannot change them. */
  readonly adds: Facts;
}

/** Declares an offering. */
export const defineOffering = (offering: Offering): Offering => offering;

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
  values: Readonly<Record<string, unknown>>,
): CharacteristicsResult {
  const checked = offering.characteristics.safeParse(values);
  if (checked.success) return { values: checked.data };
  const [first, ...others] = checked.error.issues.flatMap((issue) => problemsOf(offering, issue, values));
  if (!first) throw checked.error;
  return { problems: [first, ...others] };
}

function problemsOf(
  offering: Offering,
  issue: z.core.$ZodIssue,
  values: Readonly<Record<string, unknown>>,
): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: pointer([key]),
      message: unknownCharacteristic(offering, key),
    }));
  const [name = ''] = issue.path;
  if (values[String(name)] === undefined)
    return [{ pointer: pointer(issue.path), message: `${offering.id} needs ${String(name)}`, missing: true }];
  return [{ pointer: pointer(issue.path), message: `${issue.path.join('.')} ${expectation(issue)}` }];
}

function unknownCharacteristic({ id, characteristics }: Offering, name: string): string {
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
