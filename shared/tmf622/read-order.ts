import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';
import type { OrderDocument, ProductOrderItem } from './document.ts';
import { installationAddresses, partyIds } from './facts.ts';
import { itemProblems, placedItems } from './items.ts';
import { parse, pointer } from './pointer.ts';
import { type ProductOrderCreate, productOrderCreateSchema } from './schema.ts';

/** Attributes of an order that only the server sets; a request's values are dropped. */
const SET_BY_SERVER = [
  'id',
  'href',
  'orderDate',
  'state',
  'completionDate',
  'expectedCompletionDate',
  'productOrderMilestone',
  'productOrderErrorMessage',
  'productOrderJeopardyAlert',
];

const MOST_PARTIES = 20;
const DEEPEST = 64;

/**
 * The body of `POST /productOrder` as the order document that is kept, or every reason why it cannot be one.
 * @throws InvalidRequest with a problem per field
 */
export function readOrder(body: unknown, orderDate: string): OrderDocument {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new InvalidRequest([{ pointer: '', message: 'The body is not a product order' }]);
  if (depthExceeds(body, DEEPEST))
    throw new InvalidRequest([{ pointer: '', message: `The body is nested deeper than ${DEEPEST} levels` }]);
  const document = { ...withoutServerSet(parse(productOrderCreateSchema, body)), orderDate };
  const problems = [
    ...itemProblems(document),
    ...partyProblems(document),
    ...characteristicProblems(document),
    ...addressProblems(document),
  ];
  if (problems.length > 0) throw new InvalidRequest(problems);
  return document;
}

function withoutServerSet(order: ProductOrderCreate): ProductOrderCreate {
  const kept: ProductOrderCreate = { ...order, productOrderItem: order.productOrderItem.map(withoutState) };
  for (const attribute of SET_BY_SERVER) delete kept[attribute];
  return kept;
}

function withoutState(item: ProductOrderItem): ProductOrderItem {
  const { productOrderItem, ...kept } = item;
  delete kept.state;
  return productOrderItem ? { ...kept, productOrderItem: productOrderItem.map(withoutState) } : kept;
}

function partyProblems(document: OrderDocument): Problem[] {
  if (partyIds(document).length <= MOST_PARTIES) return [];
  return [{ pointer: '/relatedParty', message: `An order has at most ${MOST_PARTIES} related parties` }];
}

function characteristicProblems(document: OrderDocument): Problem[] {
  return placedItems(document).flatMap(({ item, path }) => {
    const names = (item.product?.productCharacteristic ?? []).map(({ name }) => name);
    return names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [
            {
              pointer: pointer([...path, 'product', 'productCharacteristic', index, 'name']),
              message: 'The item has this characteristic twice',
            },
          ],
    );
  });
}

function addressProblems(document: OrderDocument): Problem[] {
  const ids = new Set(installationAddresses(document).map(({ id, href, name }) => id ?? href ?? name));
  if (ids.size <= 1) return [];
  return [
    {
      pointer: '/productOrderItem',
      message: 'An order is for one installation address; send one order for each address',
    },
  ];
}

/** Whether a JSON value is nested deeper than this; looks level by level, so that no depth overflows the stack. */
function depthExceeds(value: unknown, deepest: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap((entry) =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return false;
}
