import * as z from 'zod';
import { durationSeconds, type IsoDuration } from './duration.ts';
import { PRODUCTS, type Product } from './products.ts';

/**
 * Where the value of a task's input comes from when it is not the fact of the same name:
 * `fact` another fact of the same suborder; `sibling` the fact of the order's suborder of that product, or of the first of several that it has;
 * `siblings` the facts of all suborders of that product, as a list; `latest` the latest of some dates, moved by some
 * seconds; `completed` the time at which a step of the same suborder was completed, moved likewise; `foundBy` the fact as
 * a step of the same suborder found it, whatever later steps found; `portMoment` the first moment from a date on at which
 * numbers can be moved.
 */
export const factSourceSchema = z.union([
  z.strictObject({ $fact: z.string() }),
  z.strictObject({ $sibling: z.union([z.enum(PRODUCTS), z.array(z.enum(PRODUCTS))]), fact: z.string() }),
  z.strictObject({ $siblings: z.enum(PRODUCTS), fact: z.string() }),
  z.strictObject({ $latest: z.array(z.string()).min(1), seconds: z.int() }),
  z.strictObject({ $completed: z.string(), seconds: z.int() }),
  z.strictObject({ $foundBy: z.string(), fact: z.string() }),
  z.strictObject({ $portMoment: z.string() }),
]);

export type FactSource = z.infer<typeof factSourceSchema>;

/** The fact of another name. */
export const fact = (name: string): FactSource => ({ $fact: name });

/** The fact of the sibling suborder of this product, or of the first of several that the order has; the item's own characteristic of the input's name when there is none. */
export const sibling = (product: Product | readonly Product[], name: string): FactSource => ({
  $sibling: typeof product === 'string' ? product : [...product],
  fact: name,
});

/** The facts of all sibling suborders of this product. */
export const siblings = (product: Product, name: string): FactSource => ({ $siblings: product, fact: name });

interface Shift {
  readonly plus?: IsoDuration;
  readonly minus?: IsoDuration;
}

const seconds = ({ plus, minus }: Shift): number =>
  (plus ? durationSeconds(plus) : 0) - (minus ? durationSeconds(minus) : 0);

/** A date among the facts, or the latest of several as far as they are known, moved on or back; nothing when none is known. */
export const date = (names: string | readonly string[], shift: Shift = {}): FactSource => ({
  $latest: [names].flat(),
  seconds: seconds(shift),
});

/** When a step of the same flow was completed, moved on or back. */
export const completed = (step: string, shift: Shift = {}): FactSource => ({
  $completed: step,
  seconds: seconds(shift),
});

/** The fact as an earlier step of the same flow found it: what was there before a later step found another. */
export const foundBy = (step: string, name: string): FactSource => ({ $foundBy: step, fact: name });

/** The first moment from a date among the facts on at which the clearing house moves numbers. */
export const portMoment = (name: string): FactSource => ({ $portMoment: name });

/** What is known about a suborder, by name: order facts, item characteristics and the outputs of its steps. */
export type Facts = Readonly<Record<string, unknown>>;

/** Facts that every order has, wherever it came from. */
export const ORDER_FACTS = [
  'order',
  'suborder',
  'orderDate',
  'requestedDate',
  'customerId',
  'accountId',
  'addressId',
  'address',
  'consents',
  'items',
] as const;
