import { placedItems, reliesOn } from './items.ts';
import type { ItemAction, OrderDocument, ProductOrderItem } from './schema.ts';

/** What planning and the flows need to know of one order item. */
export interface ItemFacts {
  readonly id: string;
  readonly action: ItemAction;
  /** Absent when the order does not say what is ordered; a person completes it. */
  readonly offering?: string;
  /** Id of the installed product that the item changes or ends. */
  readonly productId?: string;
  readonly quantity: number;
  readonly characteristics: Readonly<Record<string, unknown>>;
  /** Ids of the items that this one relies on. */
  readonly reliesOn: readonly string[];
  /** Whether other items are nested in it: a bundle, which may be nothing but their container. */
  readonly bundle: boolean;
}

/** What later steps need to know of an order; see `docs/api.md` for where each comes from. */
export interface OrderFacts {
  readonly orderDate: string;
  readonly requestedDate?: string;
  readonly customerId?: string;
  readonly accountId?: string;
  readonly addressId?: string;
  readonly address?: Readonly<Record<string, unknown>>;
  readonly consents: readonly string[];
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
  const items = placedItems(document).map(({ item }) => item);
  const customer =
    document.relatedParty.find(({ role }) => same(role, 'customer')) ?? document.relatedParty[0];
  const account =
    document.billingAccount ?? items.find(({ billingAccount }) => billingAccount)?.billingAccount;
  const address = installationAddress(document);
  const requestedDate = document.requestedCompletionDate ?? document.requestedStartDate;
  return {
    orderDate: document.orderDate,
    ...(requestedDate !== undefined && { requestedDate }),
    ...(customer && { customerId: customer.id }),
    ...(account && { accountId: account.id }),
    ...(address?.id !== undefined && { addressId: address.id }),
    ...(address && { address }),
    consents: consents(document),
    items: items.map(itemFacts),
  };
}

/** Ids of the consents that the customer gave with the order, such as `earlyStart`. */
export const consents = ({ agreement = [] }: Pick<OrderDocument, 'agreement'>): string[] =>
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

function itemFacts(item: ProductOrderItem): ItemFacts {
  const offering = item.productOffering?.id ?? item.product?.productOffering?.id;
  return {
    id: item.id,
    action: item.action,
    ...(offering !== undefined && { offering }),
    ...(item.product?.id !== undefined && { productId: item.product.id }),
    quantity: item.quantity ?? 1,
    characteristics: Object.fromEntries(
      (item.product?.productCharacteristic ?? []).map(({ name, value }) => [name, value]),
    ),
    reliesOn: reliesOn(item),
    bundle: (item.productOrderItem ?? []).length > 0,
  };
}

const CONSUMER = 'residential';
const DISTANCE_SALE = 'distanceSale';
export const EARLY_START = 'earlyStart';

/**
 * Whether provisioning must wait until the withdrawal period is over: a consumer (category `residential`) bought at
 * a distance (a channel of role `distanceSale`) and did not consent to an early start (consent `earlyStart`).
 * An order that says nothing of this does not wait.
 */
export const waitsForWithdrawal = (document: OrderDocument): boolean =>
  same(document.category, CONSUMER) &&
  (document.channel ?? []).some(({ role }) => same(role, DISTANCE_SALE)) &&
  !consents(document).some((consent) => same(consent, EARLY_START));

const WITHDRAWAL_DAYS = 14;

/** When the consumer's right of withdrawal ends: 14 days after the order (Directive 2011/83/EU, article 9). */
export const withdrawalEnds = ({ orderDate }: Pick<OrderDocument, 'orderDate'>): string =>
  new Date(Date.parse(orderDate) + WITHDRAWAL_DAYS * 86_400_000).toISOString();
