import * as z from 'zod';
import { PRODUCTS, type Product } from './products.ts';

/**
 * Where the value of a task's input comes from when it is not the fact of the same name:
 * `fact` another fact of the same suborder; `sibling` the fact of the order's suborder of that product;
 * `siblings` the facts of all suborders of that product, as a list.
 */
export const factSourceSchema = z.union([
  z.strictObject({ $fact: z.string() }),
  z.strictObject({ $sibling: z.enum(PRODUCTS), fact: z.string() }),
  z.strictObject({ $siblings: z.enum(PRODUCTS), fact: z.string() }),
]);

export type FactSource = z.infer<typeof factSourceSchema>;

/** The fact of another name. */
export const fact = (name: string): FactSource => ({ $fact: name });

/** The fact of the sibling suborder of this product; the item's own characteristic of the input's name when there is none. */
export const sibling = (product: Product, name: string): FactSource => ({ $sibling: product, fact: name });

/** The facts of all sibling suborders of this product. */
export const siblings = (product: Product, name: string): FactSource => ({ $siblings: product, fact: name });

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
