import type { Problem } from '#shared/domain/errors.ts';
import type { OrderDocument, ProductOrderItem } from './document.ts';
import { pointer } from './pointer.ts';

/** The most items, nested ones counted, that an order may have. */
export const MOST_ITEMS = 100;

/** Relationship types are free text in TMF622; this one is the dependency, in any case of letters. */
const RELIES_ON = 'relieson';

/** An order item where it stands in the order. */
export interface PlacedItem {
  readonly item: ProductOrderItem;
  readonly path: readonly (string | number)[];
}

type WithItems = Pick<OrderDocument, 'productOrderItem'>;

/** All items of an order, an item before those nested in it: the order in which they become suborders. */
export function placedItems({ productOrderItem }: WithItems): PlacedItem[] {
  const placed: PlacedItem[] = [];
  const visit = (items: readonly ProductOrderItem[], parent: readonly (string | number)[]) => {
    items.forEach((item, index) => {
      const path = [...parent, 'productOrderItem', index];
      placed.push({ item, path });
      visit(item.productOrderItem ?? [], path);
    });
  };
  visit(productOrderItem, []);
  return placed;
}

/** The ids of the items that this one relies on. */
export const reliesOn = ({ productOrderItemRelationship = [] }: ProductOrderItem): string[] =>
  productOrderItemRelationship
    .filter(({ relationshipType }) => relationshipType.toLowerCase() === RELIES_ON)
    .map(({ id }) => id);

/**
 * What is wrong with an order's items as a whole: too many, an id used twice, a relationship with an item that
 * does not exist, or items that rely on each other in a circle. Each problem names its field.
 */
export function itemProblems(document: WithItems): Problem[] {
  const placed = placedItems(document);
  if (placed.length > MOST_ITEMS)
    return [
      {
        pointer: '/productOrderItem',
        message: `An order has at most ${MOST_ITEMS} items; this one has ${placed.length}`,
      },
    ];
  const duplicates = duplicateIds(placed);
  if (duplicates.length > 0) return duplicates;
  const dangling = danglingRelationships(placed);
  return dangling.length > 0 ? dangling : circles(placed);
}

function duplicateIds(placed: readonly PlacedItem[]): Problem[] {
  const seen = new Set<string>();
  return placed.flatMap(({ item, path }) => {
    if (!seen.has(item.id)) {
      seen.add(item.id);
      return [];
    }
    return [{ pointer: pointer([...path, 'id']), message: 'Another item of this order has the same id' }];
  });
}

function danglingRelationships(placed: readonly PlacedItem[]): Problem[] {
  const ids = new Set(placed.map(({ item }) => item.id));
  return placed.flatMap(({ item, path }) =>
    (item.productOrderItemRelationship ?? []).flatMap(({ id }, index) =>
      ids.has(id)
        ? []
        : [
            {
              pointer: pointer([...path, 'productOrderItemRelationship', index, 'id']),
              message: 'No item of this order has this id',
            },
          ],
    ),
  );
}

/** Items in a circle: those that rely on none, and those that none relies on, are taken away until nobody is left to take. */
function circles(placed: readonly PlacedItem[]): Problem[] {
  let left = placed;
  for (;;) {
    const ids = new Set(left.map(({ item }) => item.id));
    const awaited = new Set(left.flatMap(({ item }) => reliesOn(item)));
    const inBetween = left.filter(
      ({ item }) => awaited.has(item.id) && reliesOn(item).some((id) => ids.has(id)),
    );
    if (inBetween.length === left.length) break;
    left = inBetween;
  }
  const [first] = left;
  if (!first) return [];
  return [
    {
      pointer: pointer([...first.path, 'productOrderItemRelationship']),
      message: `Items rely on each other in a circle: ${left.map(({ item }) => item.id).join(', ')}`,
    },
  ];
}

/** The ids of these items and of all that are nested in them. */
export function itemsWithin(document: WithItems, ids: readonly string[]): ReadonlySet<string> {
  const placed = placedItems(document);
  const outer = placed.filter(({ item }) => ids.includes(item.id)).map(({ path }) => path);
  return new Set(
    placed
      .filter(({ path }) => outer.some((around) => around.every((part, index) => path[index] === part)))
      .map(({ item }) => item.id),
  );
}
