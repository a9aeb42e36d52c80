import { OFFERINGS, type Offering, variantsOf } from '#shared/catalogue/offerings.ts';
import { choices, sampleOf } from '../samples.ts';
import type { Chance } from './chance.ts';

/** Most orders have one or two items, as those of customers do. */
const ITEMS = [1, 1, 1, 2, 2, 3, 4] as const;
const DAY = 24 * 3_600_000;

/** An item as a channel sends it. */
export interface ItemDraft {
  readonly id: string;
  readonly action: string;
  readonly productOffering: { readonly id: string };
  readonly product: {
    readonly id?: string;
    readonly productCharacteristic: readonly { readonly name: string; readonly value: unknown }[];
  };
}

/** An order as a channel sends it. */
export interface OrderDraft {
  readonly externalId: string;
  readonly relatedParty: readonly object[];
  readonly billingAccount: object;
  readonly place: readonly object[];
  readonly requestedCompletionDate?: string;
  readonly productOrderItem: readonly ItemDraft[];
}

const ORDERABLE = OFFERINGS.filter(({ orderable = true }) => orderable);

/**
 * An order that a customer could place: any offerings, actions and characteristics. Some cannot go together; the API
 * says so. @param serial makes its customer, account, address and products unlike any others
 */
export function randomOrder(chance: Chance, serial: number, now: number): OrderDraft {
  const count = chance.oneOf(ITEMS) ?? 1;
  return {
    externalId: `soak-${serial}`,
    relatedParty: [{ id: `customer-${serial}`, role: 'customer', '@referredType': 'Individual' }],
    billingAccount: { id: `account-${serial}` },
    place: [{ id: `address-${serial}`, role: 'installationAddress', '@type': 'GeographicAddress' }],
    ...(chance.hits(0.1) && {
      requestedCompletionDate: new Date(now + (1 + chance.below(30)) * DAY).toISOString(),
    }),
    productOrderItem: Array.from({ length: count }, (_, index) =>
      randomItem(chance, String(index + 1), serial * 10 + index, now),
    ),
  };
}

/** An item of any offering. */
export function randomItem(chance: Chance, id: string, serial: number, now: number): ItemDraft {
  const offering = chance.oneOf(ORDERABLE);
  const variant = offering && chance.oneOf(variantsOf(offering));
  if (!offering || !variant) throw new Error('Nothing can be ordered');
  const { action, characteristics } = variant;
  const sample = sampleOf(characteristics, { serial, at: now + 30 * DAY });
  return {
    id,
    action,
    productOffering: { id: offering.id },
    product: {
      ...(action !== 'add' && { id: `IP-${String(serial).padStart(9, '0')}` }),
      productCharacteristic: Object.entries({ ...sample, ...chosen(chance, offering, characteristics) }).map(
        ([name, value]) => ({ name, value }),
      ),
    },
  };
}

/** The item with what can be chosen about it chosen anew. */
export function changedItem(chance: Chance, item: ItemDraft): ItemDraft {
  const offering = OFFERINGS.find(({ id }) => id === item.productOffering.id);
  const variant = offering && variantsOf(offering).find(({ action }) => action === item.action);
  if (!offering || !variant) return item;
  const anew = Object.entries(chosen(chance, offering, variant.characteristics));
  const kept = item.product.productCharacteristic.filter(({ name }) =>
    anew.every(([other]) => other !== name),
  );
  const productCharacteristic = [...kept, ...anew.map(([name, value]) => ({ name, value }))];
  return { ...item, product: { ...item.product, productCharacteristic } };
}

/** A value for each characteristic that has few: what is switched, or chosen from a list. */
function chosen(chance: Chance, { id }: Offering, characteristics: Offering['add'] & object) {
  const names = Object.keys(characteristics.shape).filter((name) => {
    const values = choices(characteristics, [name]);
    return values.length > 1;
  });
  const values = Object.assign({}, ...names.map((name) => chance.oneOf(choices(characteristics, [name]))));
  // A number that is to be ported needs the number, which a sample has only when it is mandatory.
  return values.numberSource === 'port-in'
    ? { ...values, number: `+45${id.startsWith('mobile') ? '2' : '3'}${chance.digits(7)}` }
    : values;
}
