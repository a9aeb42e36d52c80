import { describe, expect, it } from 'vitest';
import { orderFacts } from '#shared/tmf622/facts.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import { example } from '../intake/requests.ts';

const NOW = '2026-11-23T10:00:00.000Z';
const factsOf = (body: unknown) => orderFacts(readOrder(body, NOW));
const item = { id: '1', action: 'add' };

describe('the facts of an order', () => {
  it('are found in the reference order', () => {
    const facts = factsOf(example('triple-play'));
    expect(facts).toMatchObject({
      orderDate: NOW,
      customerId: 'customer-1001',
      accountId: 'account-2001',
      addressId: 'addr-dk-4711',
      consents: ['early-start'],
      distanceSale: true,
    });
    expect(facts.items.map(({ offering }) => offering)).toEqual([
      'fibre-1000',
      'internet-1000',
      'router-wifi7',
      'set-top-box-4k',
      'iptv-basic',
      'voip-home',
      'mobile-postpaid-20gb',
    ]);
    expect(facts.items[0]?.characteristics).toEqual({ drop: 'existing', selfInstall: false });
    expect(facts.items[4]?.reliesOn).toEqual(['2', '4']);
  });

  it('are few for a minimal order', () => {
    expect(factsOf({ productOrderItem: [item] })).toEqual({
      orderDate: NOW,
      consents: [],
      distanceSale: false,
      items: [{ id: '1', action: 'add', quantity: 1, characteristics: {}, reliesOn: [] }],
    });
  });

  it('name the party of role customer, else the first', () => {
    const party = (id: string, role?: string) => ({
      id,
      '@referredType': 'Individual',
      ...(role && { role }),
    });
    const customerOf = (...relatedParty: object[]) =>
      factsOf({ productOrderItem: [item], relatedParty }).customerId;
    expect(customerOf(party('seller', 'Seller'), party('c', 'Customer'))).toBe('c');
    expect(customerOf(party('first'), party('second'))).toBe('first');
  });

  it('take account and address from the items when the order has none, and completion before start', () => {
    expect(
      factsOf({
        requestedStartDate: '2026-12-01T00:00:00Z',
        productOrderItem: [
          {
            ...item,
            billingAccount: { id: 'acc' },
            product: {
              id: 'installed',
              place: [
                { id: 'shop', role: 'pickup' },
                { id: 'home', role: 'installationAddress' },
              ],
            },
          },
        ],
      }),
    ).toMatchObject({
      accountId: 'acc',
      addressId: 'home',
      requestedDate: '2026-12-01T00:00:00Z',
      items: [{ installedProductId: 'installed' }],
    });
  });

  it('count a sale as one at a distance only when category and channel both say so', () => {
    const sale = (parts: object) => factsOf({ productOrderItem: [item], ...parts }).distanceSale;
    const channel = [{ id: 'web', role: 'distanceSale' }];
    expect(sale({ category: 'residential', channel })).toBe(true);
    expect(sale({ category: 'enterprise', channel })).toBe(false);
    expect(sale({ category: 'residential', channel: [{ id: 'shop', role: 'store' }] })).toBe(false);
    expect(sale({ channel })).toBe(false);
  });

  it('give a container no suborder: its relations are those of what it contains', () => {
    const relation = (id: string) => ({ id, relationshipType: 'ReliesOn' });
    const facts = factsOf({
      productOrderItem: [
        {
          id: 'home',
          action: 'add',
          productOrderItemRelationship: [relation('line')],
          productOrderItem: [
            { id: 'a', action: 'add' },
            { id: 'b', action: 'add', productOffering: { id: 'x' } },
          ],
        },
        { id: 'line', action: 'add' },
        {
          id: 'last',
          action: 'add',
          productOrderItemRelationship: [relation('home'), { id: 'a', relationshipType: 'brings' }],
        },
      ],
    });
    expect(facts.items.map(({ id, reliesOn }) => [id, reliesOn])).toEqual([
      ['a', ['line']],
      ['b', ['line']],
      ['line', []],
      ['last', ['a', 'b']],
    ]);
  });
});
