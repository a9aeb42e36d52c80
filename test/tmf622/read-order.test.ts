import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';
import { orderDocumentSchema } from '#shared/tmf622/document.ts';
import { placedItems } from '#shared/tmf622/items.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import { example } from '../intake/requests.ts';

const NOW = '2026-11-23T10:00:00.000Z';

function problemsOf(body: unknown): readonly Problem[] {
  try {
    readOrder(body, NOW);
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems;
    throw error;
  }
  return [];
}

const pointersOf = (body: unknown) => problemsOf(body).map(({ pointer }) => pointer);

const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: String(index + 1), action: 'add' }));

const relies = (id: string, ...on: string[]) => ({
  id,
  action: 'add',
  productOrderItemRelationship: on.map((other) => ({ id: other, relationshipType: 'reliesOn' })),
});

describe('reading an order', () => {
  it('accepts the minimal order of a conformance client', () => {
    const document = readOrder(example('minimal'), NOW);
    expect(document).toEqual({ ...example('minimal'), orderDate: NOW });
  });

  it('accepts the reference order and keeps all of it', () => {
    expect(readOrder(example('triple-play'), NOW)).toEqual({ ...example('triple-play'), orderDate: NOW });
  });

  it('adds the related parties that every order has', () => {
    expect(readOrder({ productOrderItem: items(1) }, NOW).relatedParty).toEqual([]);
  });

  it('drops what only the server sets, and keeps extensions', () => {
    const document = readOrder(
      {
        id: 'mine',
        href: 'x',
        state: 'completed',
        orderDate: '1999-01-01T00:00:00Z',
        completionDate: '1999-01-01T00:00:00Z',
        salesCampaign: { code: 7 },
        productOrderItem: [
          {
            id: '1',
            action: 'add',
            state: 'failed',
            '@type': 'Special',
            colour: 'red',
            productOrderItem: [{ id: '2', action: 'add', state: 'held' }],
          },
        ],
      },
      NOW,
    );
    expect(document).toEqual({
      salesCampaign: { code: 7 },
      relatedParty: [],
      orderDate: NOW,
      productOrderItem: [
        {
          id: '1',
          action: 'add',
          '@type': 'Special',
          colour: 'red',
          productOrderItem: [{ id: '2', action: 'add' }],
        },
      ],
    });
  });

  it.each([
    ['no items', {}, '/productOrderItem'],
    ['an empty list of items', { productOrderItem: [] }, '/productOrderItem'],
    ['an item without id', { productOrderItem: [{ action: 'add' }] }, '/productOrderItem/0/id'],
    ['an item without action', { productOrderItem: [{ id: '1' }] }, '/productOrderItem/0/action'],
    ['an unknown action', { productOrderItem: [{ id: '1', action: 'buy' }] }, '/productOrderItem/0/action'],
    ['a number for an id', { productOrderItem: [{ id: 1, action: 'add' }] }, '/productOrderItem/0/id'],
    [
      'a date that is none',
      { requestedCompletionDate: 'soon', productOrderItem: items(1) },
      '/requestedCompletionDate',
    ],
    [
      'a related party without its type',
      { relatedParty: [{ id: 'c' }], productOrderItem: items(1) },
      '/relatedParty/0/@referredType',
    ],
    [
      'a nested item that is wrong',
      { productOrderItem: [{ id: '1', action: 'add', productOrderItem: [{ id: '2' }] }] },
      '/productOrderItem/0/productOrderItem/0/action',
    ],
    [
      'a characteristic without value',
      {
        productOrderItem: [
          { id: '1', action: 'add', product: { productCharacteristic: [{ name: 'drop' }] } },
        ],
      },
      '/productOrderItem/0/product/productCharacteristic/0/value',
    ],
    [
      'a characteristic given twice',
      {
        productOrderItem: [
          {
            id: '1',
            action: 'add',
            product: {
              productCharacteristic: [
                { name: 'drop', value: 'a' },
                { name: 'drop', value: 'b' },
              ],
            },
          },
        ],
      },
      '/productOrderItem/0/product/productCharacteristic/1/name',
    ],
    ['an id used twice', { productOrderItem: [...items(1), ...items(1)] }, '/productOrderItem/1/id'],
    [
      'a relationship with an item that is not there',
      { productOrderItem: [relies('1', '9')] },
      '/productOrderItem/0/productOrderItemRelationship/0/id',
    ],
    [
      'an item that relies on itself',
      { productOrderItem: [relies('1', '1')] },
      '/productOrderItem/0/productOrderItemRelationship',
    ],
    ['more items than are allowed', { productOrderItem: items(101) }, '/productOrderItem'],
    [
      'more related parties than are allowed',
      {
        productOrderItem: items(1),
        relatedParty: Array.from({ length: 21 }, (_, index) => ({
          id: `p${index}`,
          '@referredType': 'Individual',
        })),
      },
      '/relatedParty',
    ],
    [
      'two installation addresses',
      {
        productOrderItem: items(1),
        place: [
          { id: 'a', role: 'installationAddress' },
          { id: 'b', role: 'installationAddress' },
        ],
      },
      '/productOrderItem',
    ],
  ])('refuses %s and names the field', (_, body, pointer) => {
    expect(pointersOf(body)).toEqual([pointer]);
  });

  it.each([null, 'text', 7, [], [{ productOrderItem: [] }]])('refuses a body that is %j', (body) => {
    expect(pointersOf(body)).toEqual(['']);
  });

  it('tells a missing field from a wrong one', () => {
    const [id, action] = problemsOf({ productOrderItem: [{ action: 'buy' }] });
    expect(id).toEqual({ pointer: '/productOrderItem/0/id', message: 'is mandatory', missing: true });
    expect(action).not.toHaveProperty('missing');
  });

  it('repeats no value, which could be personal data', () => {
    const [problem] = problemsOf({
      notificationContact: { secret: 'x@example.com' },
      productOrderItem: items(1),
    });
    expect(JSON.stringify(problem)).not.toContain('example.com');
  });

  it('refuses a body so deep that reading it would overflow the stack', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(pointersOf({ productOrderItem: items(1), extension: deep })).toEqual(['']);
  });

  it('counts nested items, and accepts a hundred of them', () => {
    const nested = { productOrderItem: [{ id: 'all', action: 'add', productOrderItem: items(99) }] };
    expect(placedItems(readOrder(nested, NOW))).toHaveLength(100);
    expect(
      pointersOf({ productOrderItem: [...nested.productOrderItem, { id: 'x', action: 'add' }] }),
    ).toEqual(['/productOrderItem']);
  });

  it('names only the items of a circle, not those that lead to it', () => {
    const [problem] = problemsOf({
      productOrderItem: [relies('1', '2'), relies('2', '3'), relies('3', '4'), relies('4', '2'), relies('5')],
    });
    expect(problem).toEqual({
      pointer: '/productOrderItem/1/productOrderItemRelationship',
      message: 'Items rely on each other in a circle: 2, 3, 4',
    });
  });

  it('accepts whatever has no circle: items that rely on earlier ones only', () => {
    const orders = fc
      .array(fc.array(fc.nat(), { maxLength: 4 }), { minLength: 1, maxLength: 30 })
      .map((relations) =>
        relations.map((targets, index) =>
          relies(String(index), ...(index === 0 ? [] : targets.map((target) => String(target % index)))),
        ),
      );
    fc.assert(
      fc.property(orders, (productOrderItem) => {
        expect(problemsOf({ productOrderItem })).toEqual([]);
      }),
    );
  });

  it('gives back what it kept: a document read again from its text is the same', () => {
    const text = fc.string({ maxLength: 50 });
    const id = fc.string({ minLength: 1, maxLength: 50 });
    const party = fc.record(
      { id, '@referredType': text, role: text, name: text },
      { requiredKeys: ['id', '@referredType'] },
    );
    const characteristic = fc.record({ name: id, value: fc.jsonValue({ maxDepth: 3 }) });
    const item = fc.record(
      {
        action: fc.constantFrom('add', 'modify', 'delete', 'noChange'),
        quantity: fc.integer({ min: 1, max: 1000 }),
        productOffering: fc.record({ id }),
        product: fc.record({
          productCharacteristic: fc.uniqueArray(characteristic, {
            selector: ({ name }) => name,
            maxLength: 4,
          }),
        }),
        extension: fc.jsonValue({ maxDepth: 3 }),
      },
      { requiredKeys: ['action'] },
    );
    const order = fc.record(
      {
        externalId: id,
        description: text,
        requestedCompletionDate: fc.constantFrom('2026-12-01T00:00:00Z', '2026-12-01T08:30:00.5+01:00'),
        relatedParty: fc.array(party, { maxLength: 5 }),
        '@type': text,
        items: fc.array(item, { minLength: 1, maxLength: 10 }),
      },
      { requiredKeys: ['items'] },
    );
    fc.assert(
      fc.property(order, ({ items: given, ...rest }) => {
        const body = {
          ...rest,
          productOrderItem: given.map((entry, index) => ({ ...entry, id: String(index) })),
        };
        const document = readOrder(JSON.parse(JSON.stringify(body)), NOW);
        expect(orderDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
        expect(document).toEqual({ relatedParty: [], ...JSON.parse(JSON.stringify(body)), orderDate: NOW });
      }),
    );
  });
});
