import { PutCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HttpRequest, HttpResponse } from '#functions/http.ts';
import { checkOrder } from '#functions/product-orders/check.ts';
import { type CreateDependencies, createProductOrder } from '#functions/product-orders/create.ts';
import { getProductOrder } from '#functions/product-orders/get.ts';
import { listProductOrders } from '#functions/product-orders/list.ts';
import { InvalidRequest, NotFound, StateConflict } from '#shared/domain/errors.ts';
import { newOrderNumber, parseOrderNumber } from '#shared/domain/order-number.ts';
import type { State } from '#shared/domain/states.ts';
import { headerKey } from '#shared/store/orders.ts';
import { example, request } from './requests.ts';
import { startTables, type TestTables } from './tables.ts';

let tables: TestTables;
let clock = Date.parse('2026-11-23T10:00:00.000Z');

beforeAll(async () => {
  tables = await startTables('orders', 'suborders');
});
afterAll(() => tables.stop());
beforeEach(() => {
  clock += 86_400_000;
  tables.takeCounts();
});

const create = (parts: Partial<HttpRequest>, deps: Partial<CreateDependencies> = {}) =>
  createProductOrder({
    client: tables.client,
    checkOrder,
    now: () => {
      clock += 1;
      return new Date(clock);
    },
    newNumber: newOrderNumber,
    ...deps,
  })(request(parts));

const get = (id: string, query = {}) =>
  getProductOrder({ client: tables.client, now: () => new Date(clock) })(request({ path: { id }, query }));
const list = (query: Record<string, string> = {}) =>
  listProductOrders({ client: tables.client, now: () => new Date(clock) })(request({ query }));

const idOf = ({ body }: HttpResponse): string => JSON.parse(JSON.stringify(body)).id;
const idsOf = ({ body }: HttpResponse): string[] =>
  JSON.parse(JSON.stringify(body)).map(({ id }: { id: string }) => id);

/** A party of its own for each test, by which its orders can be listed. */
let parties = 0;
const newParty = () => `party-${++parties}`;
const order = (party: string, more = {}) => ({
  relatedParty: [{ id: party, '@referredType': 'Individual' }],
  productOrderItem: [{ id: '1', action: 'add' }],
  ...more,
});

const setState = (id: string, state: State) =>
  tables.client.send(
    new UpdateCommand({
      TableName: 'orders',
      Key: headerKey(id),
      UpdateExpression: 'SET #state = :state',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':state': state },
    }),
  );

const expectedCompletionDate = expect.any(String);

describe('creating an order', () => {
  it('keeps it in one transaction and answers 201 with its number and address', async () => {
    const answer = await create({ body: example('triple-play') });
    const id = idOf(answer);
    expect(parseOrderNumber(id)).toBe(id);
    const href = `/tmf-api/productOrderingManagement/v4/productOrder/${id}`;
    expect(answer).toMatchObject({
      status: 201,
      headers: { location: href },
      body: { id, href, state: 'acknowledged', orderDate: expect.any(String), '@type': 'ProductOrder' },
    });
    expect(tables.takeCounts()).toEqual({ TransactWriteItems: 1 });
  });

  it('accepts the minimal order', async () => {
    const answer = await create({ body: example('minimal') });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      ...example('minimal'),
      productOrderItem: [{ id: '123', action: 'add', state: 'acknowledged' }],
    });
  });

  it('accepts a hundred items', async () => {
    const productOrderItem = Array.from({ length: 100 }, (_, index) => ({
      id: String(index),
      action: 'add',
      productOffering: { id: 'mobile-postpaid-20gb' },
    }));
    expect((await create({ body: { productOrderItem } })).status).toBe(201);
  });

  it('refuses an order that is too large to keep', async () => {
    const body = { ...example('minimal'), extension: 'x'.repeat(360_000) };
    await expect(create({ body })).rejects.toThrow('larger than 350 KB');
    expect(tables.takeCounts()).toEqual({});
  });

  it.each([
    [
      'an unknown offering',
      (body: ReturnType<typeof example>) => {
        body.productOrderItem[1].productOffering.id = 'nothing';
      },
      '/productOrderItem/1/productOffering/id',
    ],
    [
      'a wrong characteristic',
      (body: ReturnType<typeof example>) => {
        body.productOrderItem[0].product.productCharacteristic[1].value = 'yes';
      },
      '/productOrderItem/0/product/productCharacteristic/1/value',
    ],
    [
      'an unknown characteristic',
      (body: ReturnType<typeof example>) => {
        body.productOrderItem[0].product.productCharacteristic[0].name = 'colour';
      },
      '/productOrderItem/0/product/productCharacteristic/0/value',
    ],
    [
      'an offering of the product that is unknown',
      (body: ReturnType<typeof example>) => {
        const [item] = body.productOrderItem;
        item.product.productOffering = { id: 'nothing' };
        delete item.productOffering;
      },
      '/productOrderItem/0/product/productOffering/id',
    ],
    [
      'an unknown offering inside a bundle',
      (body: ReturnType<typeof example>) => {
        body.productOrderItem = [
          {
            id: 'b',
            action: 'add',
            productOrderItem: [{ id: 'x', action: 'add', productOffering: { id: 'nothing' } }],
          },
        ];
      },
      '/productOrderItem/0/productOrderItem/0/productOffering/id',
    ],
  ])('refuses %s and names its field in the request', async (_, spoil, pointer) => {
    const body = example('triple-play');
    spoil(body);
    const error = await create({ body }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InvalidRequest);
    expect(error).toMatchObject({ problems: [{ pointer }] });
    expect(tables.takeCounts()).toEqual({});
  });

  it('draws another number when one is taken', async () => {
    const numbers = [newOrderNumber(), newOrderNumber()];
    const [first = '', second = ''] = numbers;
    await create({ body: example('minimal') }, { newNumber: () => first });
    const left = [first, first, second];
    const answer = await create({ body: example('minimal') }, { newNumber: () => left.shift() ?? '' });
    expect(idOf(answer)).toBe(second);
  });
});

describe('an order sent again', () => {
  const key = () => ({ 'idempotency-key': crypto.randomUUID() });

  it('is answered as it was, also when it has gone on since and its attributes come in another order', async () => {
    const headers = key();
    const first = await create({ headers, body: order('p', { externalId: 'x' }) });
    await setState(idOf(first), 'completed');
    const { productOrderItem, relatedParty } = order('p');
    const again = await create({ headers, body: { productOrderItem, externalId: 'x', relatedParty } });
    expect(again).toEqual(first);
  });

  it('is answered even if the catalogue would refuse it now', async () => {
    const headers = key();
    const first = await create({ headers, body: order('p') });
    const refuse = {
      checkOrder: () => {
        throw new InvalidRequest([{ pointer: '/productOrderItem', message: 'not sold any more' }]);
      },
    };
    expect(await create({ headers, body: order('p') }, refuse)).toEqual(first);
  });

  it('with another body is refused', async () => {
    const headers = key();
    await create({ headers, body: order('p') });
    const other = create({ headers, body: order('p', { description: 'other' }) });
    await expect(other).rejects.toBeInstanceOf(StateConflict);
    await expect(other).rejects.toMatchObject({ code: 'IdempotencyKeyReused' });
  });

  it('by another client, or without a key, is another order', async () => {
    const headers = key();
    const caller = { ...request().caller, clientId: 'call-centre' };
    const ids = [
      await create({ headers, body: order('p') }),
      await create({ headers, caller, body: order('p') }),
      await create({ body: order('p') }),
      await create({ body: order('p') }),
    ].map(idOf);
    expect(new Set(ids).size).toBe(4);
  });

  it('after seven days is another order, though DynamoDB has not removed the record yet', async () => {
    const headers = key();
    const first = await create({ headers, body: order('p') });
    clock += 8 * 86_400_000;
    expect(idOf(await create({ headers, body: order('p', { description: 'other' }) }))).not.toBe(idOf(first));
  });

  it.each(['', ' ', 'a b', 'ø', 'x'.repeat(256)])('with the key %j is refused', async (value) => {
    const sent = create({ headers: { 'idempotency-key': value }, body: order('p') });
    await expect(sent).rejects.toMatchObject({ code: 'InvalidHeader' });
  });

  it('many times at once is one order, with one answer', async () => {
    const party = newParty();
    const headers = key();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        create({ headers, body: order(party) }, { now: () => new Date(clock) }),
      ),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(idsOf(await list({ 'relatedParty.id': party }))).toEqual([idOf(answers[0] ?? { status: 0 })]);
  });

  it('many times at once with different bodies is one order, and the others are refused', async () => {
    const party = newParty();
    const headers = key();
    const answers = await Promise.allSettled(
      Array.from({ length: 8 }, (_, index) =>
        create({ headers, body: order(party, { description: String(index) }) }),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []));
    expect(new Set(refusals)).toEqual(new Set(['IdempotencyKeyReused']));
    expect(idsOf(await list({ 'relatedParty.id': party }))).toHaveLength(1);
  });
});

describe('getting an order', () => {
  const suborder = (id: string, number: string, state: State, item?: string) =>
    tables.client.send(
      new PutCommand({
        TableName: 'suborders',
        Item: {
          order: id,
          sk: `SUBORDER#${number}`,
          suborder: number,
          item,
          state,
          milestones: {},
          steps: 4,
          done: 1,
        },
      }),
    );

  it('shows it as it was accepted, in two reads', async () => {
    const created = await create({ body: example('triple-play') });
    tables.takeCounts();
    expect((await get(idOf(created))).body).toEqual({ ...Object(created.body), expectedCompletionDate });
    expect(tables.takeCounts()).toEqual({ Query: 2 });
  });

  it('keeps what DynamoDB has no type for', async () => {
    const extension = {
      big: 1e300,
      small: 1e-300,
      empty: '',
      nested: { list: [null, [], {}] },
    };
    const created = await create({ body: { ...example('minimal'), extension } });
    expect((await get(idOf(created))).body).toMatchObject({ extension });
  });

  it('shows the states of its items, without order management', async () => {
    const id = idOf(
      await create({
        body: {
          productOrderItem: [
            { id: 'a', action: 'add' },
            { id: 'b', action: 'add' },
          ],
        },
      }),
    );
    await suborder(id, '00', 'inProgress');
    await suborder(id, '01', 'completed', 'a');
    await suborder(id, '02', 'pending', 'b');
    expect((await get(id)).body).toMatchObject({
      state: 'pending',
      productOrderItem: [
        { id: 'a', state: 'completed' },
        { id: 'b', state: 'pending' },
      ],
    });
  });

  it('takes the number as people write it, and the fields that are asked for', async () => {
    const id = idOf(await create({ body: example('minimal') }));
    const { status, body } = await get(`${id.slice(0, 5)}-${id.slice(5)}`.toLowerCase(), { fields: 'state' });
    expect(status).toBe(200);
    expect(body).toEqual({ id, href: expect.stringContaining(id), state: 'acknowledged' });
  });

  it.each(['nonsense', newOrderNumber()])('answers that %s does not exist', async (id) => {
    await expect(get(id)).rejects.toBeInstanceOf(NotFound);
  });

  it('refuses filters', async () => {
    await expect(get(newOrderNumber(), { state: 'held' })).rejects.toMatchObject({ code: 'InvalidQuery' });
  });
});

describe('listing orders', () => {
  const several = async (party: string, count: number, more: (index: number) => object = () => ({})) => {
    const ids: string[] = [];
    for (let index = 0; index < count; index += 1)
      ids.push(idOf(await create({ body: order(party, more(index)) })));
    return ids;
  };

  it('gives the newest first, in pages that link to each other', async () => {
    const party = newParty();
    const ids = (await several(party, 5)).reverse();
    const filter = { 'relatedParty.id': party, limit: '2' };
    const first = await list(filter);
    expect(idsOf(first)).toEqual(ids.slice(0, 2));
    expect(first.headers).toEqual({
      'x-total-count': '5',
      'x-result-count': '2',
      link: `</tmf-api/productOrderingManagement/v4/productOrder?relatedParty.id=${party}&limit=2&offset=2>; rel="next"`,
    });
    expect(idsOf(await list({ ...filter, offset: '2' }))).toEqual(ids.slice(2, 4));
    const last = await list({ ...filter, offset: '4' });
    expect(idsOf(last)).toEqual(ids.slice(4));
    expect(last.headers?.link).toMatch(/rel="prev"$/);
    expect(idsOf(await list({ 'relatedParty.id': party, sort: 'orderDate' }))).toEqual(ids.toReversed());
  });

  it('shows whole orders', async () => {
    const party = newParty();
    const created = await create({ body: order(party) });
    expect((await list({ 'relatedParty.id': party })).body).toEqual([
      { ...Object(created.body), expectedCompletionDate },
    ]);
    expect((await list({ 'relatedParty.id': party, fields: 'state' })).body).toEqual([
      { id: idOf(created), href: expect.any(String), state: 'acknowledged' },
    ]);
  });

  it('filters by each index and by combinations', async () => {
    const [party, other] = [newParty(), newParty()];
    const [a = '', b = '', c = ''] = await several(party, 3, (index) => ({
      externalId: `${party}-${index}`,
      requestedCompletionDate: `2027-01-0${index + 1}T12:00:00+02:00`,
    }));
    const [d = ''] = await several(other, 1);
    await setState(b, 'held');
    const found = async (query: Record<string, string>) => idsOf(await list(query)).toSorted();
    const all = (...ids: string[]) => ids.toSorted();
    expect(await found({ id: `${a},${d}` })).toEqual(all(a, d));
    expect(await found({ id: `${a},${d}`, 'relatedParty.id': party })).toEqual([a]);
    expect(await found({ id: `${a},${b}`, state: 'held' })).toEqual([b]);
    expect(await found({ 'relatedParty.id': `${party},${other}` })).toEqual(all(a, b, c, d));
    expect(await found({ 'relatedParty.id': party, state: 'held' })).toEqual([b]);
    expect(await found({ 'relatedParty.id': party, state: 'held,acknowledged' })).toEqual(all(a, b, c));
    expect(await found({ externalId: `${party}-0,${party}-2` })).toEqual(all(a, c));
    expect(await found({ externalId: `${party}-0`, state: 'held' })).toEqual([]);
    expect(await found({ 'relatedParty.id': party, externalId: `${party}-1` })).toEqual([b]);
    expect(
      await found({ 'relatedParty.id': party, 'requestedCompletionDate.lt': '2027-01-03T10:00:00Z' }),
    ).toEqual(all(a, b));
    expect(await found({ state: 'held' })).toContain(b);
    expect(await found({ state: 'held' })).not.toContain(a);
  });

  it('filters by the date of the order, to the millisecond', async () => {
    const party = newParty();
    const start = clock;
    const [a = '', b = '', c = ''] = await several(party, 3);
    const at = (index: number) => new Date(start + index + 1).toISOString();
    const day = at(0).slice(0, 10);
    const found = async (query: Record<string, string>) => idsOf(await list({ sort: 'orderDate', ...query }));
    expect(await found({ orderDate: day })).toEqual([a, b, c]);
    expect(await found({ orderDate: at(1) })).toEqual([b]);
    expect(await found({ 'orderDate.gt': at(0) })).toEqual([b, c]);
    expect(await found({ 'orderDate.gte': at(1), 'orderDate.lt': at(2) })).toEqual([b]);
    expect(await found({ 'orderDate.gt': at(0), 'orderDate.lt': at(0) })).toEqual([]);
    expect(await found({ 'relatedParty.id': party, 'orderDate.lte': at(1) })).toEqual([a, b]);
    expect(await found({ id: `${a},${c}`, 'orderDate.gt': at(0) })).toEqual([c]);
  });

  it('finds nothing without a fuss', async () => {
    const answer = await list({ id: 'nonsense' });
    expect(answer).toEqual({
      status: 200,
      headers: { 'x-total-count': '0', 'x-result-count': '0' },
      body: [],
    });
  });

  it('makes as many reads for many orders as for few', async () => {
    const party = newParty();
    await several(party, 4);
    const reads = async () => {
      tables.takeCounts();
      await list({ 'relatedParty.id': party, limit: '3' });
      return tables.takeCounts();
    };
    const few = await reads();
    await several(party, 20);
    expect(await reads()).toEqual(few);
    expect(few).toEqual({ Query: 1 + 3, BatchGetItem: 1 });
  });

  it('ends a page before the answer is too large for Lambda', async () => {
    const party = newParty();
    await several(party, 18, () => ({ description: 'x'.repeat(4000), extension: 'y'.repeat(300_000) }));
    const answer = await list({ 'relatedParty.id': party, limit: '100' });
    const results = idsOf(answer).length;
    expect(results).toBeGreaterThan(10);
    expect(results).toBeLessThan(18);
    expect(answer.headers).toMatchObject({ 'x-total-count': '18', 'x-result-count': String(results) });
    expect(answer.headers?.link).toContain(`offset=${results}`);
  });

  describe('when more match than are looked at', () => {
    const party = 'dealer';
    beforeAll(async () => {
      const keys = Array.from({ length: 1005 }, (_, index) => `2020-01-01T00:00:00.${index}Z#${index}`);
      for (let start = 0; start < keys.length; start += 100)
        await tables.client.send(
          new TransactWriteCommand({
            TransactItems: keys.slice(start, start + 100).map((listKey) => ({
              Put: {
                TableName: 'orders',
                Item: { pk: `ORDER#${listKey}`, sk: 'PARTY', party, listKey, order: listKey },
              },
            })),
          }),
        );
    });

    it('counts as far as it looks', async () => {
      expect((await list({ 'relatedParty.id': party, limit: '1' })).headers?.['x-total-count']).toBe('1000');
    });

    it('refuses filters that it could check on some of them only', async () => {
      const error = await list({ 'relatedParty.id': party, state: 'held' }).catch(
        (caught: unknown) => caught,
      );
      expect(error).toMatchObject({ code: 'InvalidQuery', problems: [{ pointer: 'orderDate' }] });
    });
  });
});
