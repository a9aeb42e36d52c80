import type { OrderDocument } from './document.ts';
import { readOrder } from './read-order.ts';

/** What follows from an order, or from something that happened outside. */
export interface FollowOn {
  /** The offering of its one item. */
  readonly offering?: string | undefined;
  /** Instead of an offering: the installed products that are to end. */
  readonly ends?: readonly { readonly id: string; readonly offering: string }[] | undefined;
  readonly action?: 'add' | 'modify' | 'delete' | undefined;
  readonly installedProductId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly addressId?: string | undefined;
  readonly characteristics?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The order that the product places itself.
 * @param because what it follows from: the order's number, or the id of an event
 * @throws InvalidRequest when what is known does not make an order
 */
export function followOnOrder(followOn: FollowOn, because: string, orderDate: string): OrderDocument {
  const { accountId, customerId, addressId } = followOn;
  return readOrder(
    {
      externalId: because,
      category: 'followOn',
      description: 'Placed by the order pipeline itself',
      ...(customerId && {
        relatedParty: [{ id: customerId, role: 'customer', '@referredType': 'Individual' }],
      }),
      ...(accountId && { billingAccount: { id: accountId } }),
      ...(addressId && {
        place: [{ id: addressId, role: 'installationAddress', '@type': 'GeographicAddress' }],
      }),
      productOrderItem: itemsOf(followOn),
    },
    orderDate,
  );
}

function itemsOf({ offering, ends, action = 'add', installedProductId, characteristics = {} }: FollowOn) {
  const productCharacteristic = Object.entries(characteristics)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value }));
  if (ends)
    return ends.map((product, index) => ({
      id: String(index + 1),
      action: 'delete',
      productOffering: { id: product.offering },
      product: { id: product.id },
    }));
  return [
    {
      id: '1',
      action,
      productOffering: { id: offering },
      product: { ...(installedProductId && { id: installedProductId }), productCharacteristic },
    },
  ];
}
