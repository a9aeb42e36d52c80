import type { ItemAction, OrderDocument, ProductOrderItem } from './document.ts';
import { type PlacedItem, placedItems, reliesOn } from './items.ts';

/** What planning and the flows need to know of one order item. */
export interface ItemFacts {
  readonly id: string;
  readonly action: ItemAction;
  /** Absent when the order does not say what is ordered; a person completes it. */
  readonly offering?: string;
  /** Id of the installed product that the item changes or ends. */
  readonly installedProductId?: string;
  readonly quantity: number;
  readonly characteristics: Readonly<Record<string, unknown>>;
  /** Ids of the items that this one relies on. */
  readonly reliesOn: readonly string[];
}

/** What later steps need to know of an order; see `docs/api.md` for where each comes from. */
export interface OrderFacts {
  readonly orderDate: string;
  readonly requestedDate?: string;
  /** When the customer wants it to be ready. */
  readonly readyBy?: string;
  /** Nothing is to start before. */
  readonly startsFrom?: string;
  readonly customerId?: string;
  readonly accountId?: string;
  readonly addressId?: string;
  readonly address?: Readonly<Record<string, unknown>>;
  readonly consents: readonly string[];
  /** Sold to a consumer at a distance, who then may withdraw. */
  readonly distanceSale: boolean;
  readonly items: readonly ItemFacts[];
}

type Place = NonNullable<OrderDocument['place']>[number];

const same = (text: string | undefined, wanted: string): boolean =>
  text?.toLowerCase() === wanted.toLowerCase();

/**
 * The facts of an order document, the one place that knows where TMF622 keeps them:
 * customer: the related party of role `customer`, else the first one; account: the order's billing account, else the
 * first item's that has one; address: the place of role `installationAddress` (order first, then its items'
 * products), else the first place; consents: agreements referred to as `Consent`; requested date: completion, else start.
 */
export function orderFacts(document: OrderDocument): OrderFacts {
  const placed = placedItems(document);
  const items = placed.map(({ item }) => item);
  const customer =
    document.relatedParty.find(({ role }) => same(role, 'customer')) ?? document.relatedParty[0];
  const account =
    document.billingAccount ?? items.find(({ billingAccount }) => billingAccount)?.billingAccount;
  const address = installationAddress(document);
  const { requestedCompletionDate: readyBy, requestedStartDate: startsFrom } = document;
  const requestedDate = readyBy ?? startsFrom;
  return {
    orderDate: document.orderDate,
    ...(requestedDate !== undefined && { requestedDate }),
    ...(readyBy !== undefined && { readyBy }),
    ...(startsFrom !== undefined && { startsFrom }),
    ...(customer && { customerId: customer.id }),
    ...(account && { accountId: account.id }),
    ...(address?.id !== undefined && { addressId: address.id }),
    ...(address && { address }),
    consents: consents(document),
    distanceSale: isDistanceSale(document),
    items: itemFacts(placed),
  };
}

/** Ids of the related parties, each once. */
export const partyIds = ({ relatedParty }: Pick<OrderDocument, 'relatedParty'>): string[] => [
  ...new Set(relatedParty.map(({ id }) => id)),
];

/** Ids of the consents that the customer gave with the order, such as `early-start`. */
const consents = ({ agreement = [] }: Pick<OrderDocument, 'agreement'>): string[] =>
  agreement.filter((entry) => same(entry['@referredType'], 'Consent')).map(({ id }) => id);

/** The places that an order names for installation, the order's own before its items'; more than one id is refused. */
export function installationAddresses(document: OrderDocument): Place[] {
  const places = [
    ...(document.place ?? []),
    ...placedItems(document).flatMap(({ item }) => item.product?.place ?? []),
  ];
  const named = places.filter(({ role }) => same(role, 'installationAddress'));
  return named.length > 0 ? named : places.slice(0, 1);
}

const installationAddress = (document: OrderDocument): Place | undefined =>
  installationAddresses(document)[0];

/** An item that only holds others together: nothing is ordered by itself, so it has no suborder. */
const isContainer = (item: ProductOrderItem): boolean =>
  (item.productOrderItem ?? []).length > 0 && offeringOf(item) === undefined;

const offeringOf = ({ productOffering, product }: ProductOrderItem): string | undefined =>
  productOffering?.id ?? product?.productOffering?.id;

/**
 * The items that become suborders, in their order. A relation with a container is one with what it contains, and
 * a container's relations are those of what it contains.
 */
function itemFacts(placed: readonly PlacedItem[]): ItemFacts[] {
  const containers = new Map(
    placed.flatMap(({ item, path }) =>
      isContainer(item) ? [[item.id, contents(placed, path).map((inner) => inner.item.id)] as const] : [],
    ),
  );
  return placed
    .filter(({ item }) => !containers.has(item.id))
    .map(({ item, path }) => {
      const around = placed.filter((outer) => containers.has(outer.item.id) && isInside(path, outer.path));
      const relied = [item, ...around.map((outer) => outer.item)].flatMap(reliesOn);
      const ids = new Set(relied.flatMap((id) => containers.get(id) ?? [id]));
      return factsOf(
        item,
        [...ids].filter((id) => !containers.has(id)),
      );
    });
}

const contents = (placed: readonly PlacedItem[], path: PlacedItem['path']): PlacedItem[] =>
  placed.filter((inner) => isInside(inner.path, path));

const isInside = (path: PlacedItem['path'], outer: PlacedItem['path']): boolean =>
  path.length > outer.length && outer.every((part, index) => path[index] === part);

function factsOf(item: ProductOrderItem, relied: readonly string[]): ItemFacts {
  const offering = offeringOf(item);
  return {
    id: item.id,
    action: item.action,
    ...(offering !== undefined && { offering }),
    ...(item.product?.id !== undefined && { installedProductId: item.product.id }),
    quantity: item.quantity ?? 1,
    characteristics: Object.fromEntries(
      (item.product?.productCharacteristic ?? []).map(({ name, value }) => [name, value]),
    ),
    reliesOn: relied,
  };
}

const CONSUMER = 'residential';
const DISTANCE_SALE = 'distanceSale';

/** Sold to a consumer (category `residential`) at a distance (a channel of role `distanceSale`). */
const isDistanceSale = ({ category, channel = [] }: OrderDocument): boolean =>
  same(category, CONSUMER) && channel.some(({ role }) => same(role, DISTANCE_SALE));
