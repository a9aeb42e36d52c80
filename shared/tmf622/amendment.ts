import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { InvalidRequest, type Problem, StateConflict } from '#shared/domain/errors.ts';
import { type OrderDocument, orderDocumentSchema, type ProductOrderItem } from './document.ts';
import { pointer, problemsOf } from './pointer.ts';

const dateTime = z.iso.datetime({ offset: true });
const text = z.string().max(4000);

/** What of an order can be changed while it is under way; null takes an attribute away (RFC 7396). */
const patchSchema = z.strictObject({
  requestedCompletionDate: dateTime.nullish(),
  requestedStartDate: dateTime.nullish(),
  description: text.nullish(),
  notificationContact: text.nullish(),
  priority: text.nullish(),
  note: z.array(z.looseObject({ text })).nullish(),
  /** All items that are to remain. */
  productOrderItem: z
    .array(z.looseObject({ id: z.string() }))
    .min(1)
    .optional(),
});

/** A change of an order. */
export interface Amendment {
  readonly document: OrderDocument;
  /** Ids of items that are not wanted any more. They stay in the document, which shows how they end. */
  readonly removed: readonly string[];
}

/**
 * The order as a merge patch changes it.
 * @throws InvalidRequest naming each field that is wrong, or cannot be changed; StateConflict `AmendmentNotPossible`
 * naming an item that is added or changed
 */
export function readAmendment(body: unknown, document: OrderDocument): Amendment {
  const read = patchSchema.safeParse(body);
  if (!read.success) throw new InvalidRequest(problems(read.error, body));
  const { productOrderItem, ...attributes } = read.data;
  const changed = Object.entries(attributes);
  const removals = new Set(changed.filter(([, value]) => value === null).map(([name]) => name));
  const merged = { ...document, ...Object.fromEntries(changed) };
  return {
    document: orderDocumentSchema.parse(
      Object.fromEntries(Object.entries(merged).filter(([name]) => !removals.has(name))),
    ),
    removed: productOrderItem ? removedItems(productOrderItem, document) : [],
  };
}

function problems(error: z.ZodError, body: unknown): Problem[] {
  return error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          pointer: pointer([key]),
          message: 'This cannot be changed once the order is accepted',
        }))
      : problemsOf(new z.ZodError([issue]), body),
  );
}

/** @throws StateConflict naming an item that is not as it was */
function removedItems(items: readonly { readonly id: string }[], document: OrderDocument): string[] {
  const known = new Map(document.productOrderItem.map((item) => [item.id, item]));
  for (const item of items) {
    const before = known.get(item.id);
    const problem = !before
      ? 'is new: send it as an order of its own'
      : isSame(item, before)
        ? undefined
        : 'is changed: cancel it, and send it anew as an order of its own';
    if (problem) throw new StateConflict('AmendmentNotPossible', `Item ${item.id} ${problem}`);
  }
  const kept = new Set(items.map(({ id }) => id));
  return document.productOrderItem.flatMap(({ id }) => (kept.has(id) ? [] : [id]));
}

/** Whether an item is as it was accepted; what the server adds to it when it is read does not count. */
const isSame = (item: { readonly id: string }, before: ProductOrderItem): boolean =>
  isDeepStrictEqual(withoutServerSet(item), withoutServerSet(before));

function withoutServerSet(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  return Object.fromEntries(
    Object.entries(item)
      .filter(([name]) => name !== 'state' && name !== 'progress')
      .map(([name, value]) => [
        name,
        name === 'productOrderItem' && Array.isArray(value) ? value.map(withoutServerSet) : value,
      ]),
  );
}
