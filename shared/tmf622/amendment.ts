import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { InvalidRequest, type Problem, StateConflict } from '#shared/domain/errors.ts';
import { type OrderDocument, orderDocumentSchema, type ProductOrderItem } from './document.ts';
import { pointer, problemsOf } from './pointer.ts';
import { readOrder } from './read-order.ts';

const dateTime = z.iso.datetime({ offset: true });
const text = z.string().max(4000);

type PatchItem = {
  [name: string]: unknown;
  id: string;
  product?: Record<string, unknown> | undefined;
  productOrderItem?: PatchItem[] | undefined;
};

/** An item of the patch, as far as it is compared with the one that the order has. */
const patchItem: z.ZodType<PatchItem> = z.looseObject({
  id: z.string(),
  product: z.looseObject({}).optional(),
  productOrderItem: z.lazy(() => z.array(patchItem)).optional(),
});

/** What of an order can be changed while it is under way; null takes an attribute away (RFC 7396). */
const patchSchema = z.strictObject({
  requestedCompletionDate: dateTime.nullish(),
  requestedStartDate: dateTime.nullish(),
  description: text.nullish(),
  notificationContact: text.nullish(),
  priority: text.nullish(),
  note: z.array(z.looseObject({ text })).nullish(),
  billingAccount: z.looseObject({}).nullish(),
  place: z.array(z.looseObject({})).nullish(),
  /** All items that the order is to have. */
  productOrderItem: z.array(patchItem).min(1).optional(),
});

/** Attributes that are checked as those of a new order. */
const CHECKED = ['billingAccount', 'place', 'productOrderItem'];

/** A change of an order. */
export interface Amendment {
  readonly document: OrderDocument;
  /** Ids of items that the order did not have. */
  readonly added: readonly string[];
  /** Ids of items that are not as they were, those among them that hold a changed one. */
  readonly changed: readonly string[];
  /** Ids of items that are not wanted any more. They stay in the document, which shows how they end. */
  readonly removed: readonly string[];
}

/**
 * The order as a merge patch changes it. Items keep their places; those that are added come after them.
 * @throws InvalidRequest naming each field that is wrong, or cannot be changed; StateConflict `AmendmentNotPossible`
 * naming an item that is changed
 */
export function readAmendment(body: unknown, document: OrderDocument): Amendment {
  const read = patchSchema.safeParse(body);
  if (!read.success) throw new InvalidRequest(problems(read.error, body));
  const { productOrderItem = document.productOrderItem, ...attributes } = read.data;
  const changes = Object.entries(attributes);
  const removals = new Set(changes.filter(([, value]) => value === null).map(([name]) => name));
  const { added, changed, removed } = itemChanges(productOrderItem, document);
  const items = [...document.productOrderItem.map((item) => changed.get(item.id) ?? item), ...added];
  const merged = { ...document, ...Object.fromEntries(changes), productOrderItem: items };
  const amended = Object.fromEntries(Object.entries(merged).filter(([name]) => !removals.has(name)));
  return {
    document: CHECKED.some((name) => Object.hasOwn(read.data, name))
      ? inPatch(body, items, () => readOrder(amended, document.orderDate))
      : orderDocumentSchema.parse(amended),
    added: added.map(({ id }) => id),
    changed: [...changed.keys()],
    removed,
  };
}

const namedItems = z.object({ productOrderItem: z.array(z.object({ id: z.string() })) });
const AT_ITEM = /^\/productOrderItem\/(\d+)/;

/**
 * Reads, or checks, an amended order; what is wrong with its items is told by their places in the patch.
 * @throws InvalidRequest
 */
export function inPatch<T>(body: unknown, items: readonly { readonly id: string }[], read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    const named = namedItems.safeParse(body).data?.productOrderItem ?? [];
    throw new InvalidRequest(
      error.problems.map((problem) => ({
        ...problem,
        pointer: problem.pointer.replace(AT_ITEM, (whole, index) => {
          const place = named.findLastIndex(({ id }) => id === items[Number(index)]?.id);
          return place < 0 ? whole : pointer(['productOrderItem', place]);
        }),
      })),
    );
  }
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

/** @throws InvalidRequest for an item that is there twice; StateConflict naming one of which something else than what is ordered changes */
function itemChanges(items: readonly PatchItem[], document: OrderDocument) {
  const known = new Map(document.productOrderItem.map((item) => [item.id, item]));
  const kept = new Set<string>();
  const changed = new Map<string, PatchItem>();
  for (const [index, item] of items.entries()) {
    const before = known.get(item.id);
    if (before && kept.has(item.id))
      throw new InvalidRequest([
        {
          pointer: pointer(['productOrderItem', index, 'id']),
          message: 'Another item of this order has the same id',
        },
      ]);
    kept.add(item.id);
    if (!before || isSame(item, before)) continue;
    if (!isDeepStrictEqual(fixedPart(item), fixedPart(before)))
      throw new StateConflict(
        'AmendmentNotPossible',
        `Item ${item.id}: its action, its relations and the installed product that it is about cannot be changed: cancel it, and send it anew as an order of its own`,
      );
    changed.set(item.id, withoutServerSet(item));
  }
  return {
    added: items.filter(({ id }) => !known.has(id)),
    changed,
    removed: document.productOrderItem.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
  };
}

/** Whether an item is as it was accepted; what the server adds to it when it is read does not count. */
const isSame = (item: PatchItem, before: ProductOrderItem): boolean =>
  isDeepStrictEqual(withoutServerSet(item), withoutServerSet(before));

/** What of an item, and of those inside of it, stays as it was accepted. */
const fixedPart = ({ productOrderItem = [], product, ...item }: PatchItem): unknown => ({
  id: item.id,
  action: item.action,
  relations: item.productOrderItemRelationship,
  installed: product?.id,
  inside: productOrderItem.map(fixedPart),
});

function withoutServerSet({ productOrderItem, ...item }: PatchItem): PatchItem {
  const { state: _state, progress: _progress, ...kept } = item;
  return { ...kept, ...(productOrderItem && { productOrderItem: productOrderItem.map(withoutServerSet) }) };
}
