import { beforeEach, describe, expect, it } from 'vitest';
import { ORDERS_PATH } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

const DAY = 24 * 3600 * 1000;
const HOUR = 3600 * 1000;
const customer = { id: 'customer-1', role: 'customer', '@referredType': 'Individual' };
const item = (id: string) => ({ id, action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } });
const MOBILES = { relatedParty: [customer], productOrderItem: [item('1'), item('2')] };

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

const inDays = async (days: number) =>
  new Date((await stage.platform.cloud.now()) + days * DAY).toISOString();
async function patch(order: string, body: unknown) {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const request = {
    role: 'channel',
    method: 'PATCH',
    path: `${ORDERS_PATH}/${order}`,
    body,
    headers,
  } as const;
  const answer = await stage.api.request(request);
  await stage.settle();
  return answer;
}
const provisioned = (order: string) => stage.steps(order, 'mobile.provision');

describe('a change of an order that waits for its date', () => {
  it('moves the date on and back, and tells the customer each time', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(10) });
    const later = await inDays(20);
    const moved = await patch(order, { requestedStartDate: later, description: 'After the move' });
    expect(moved).toMatchObject({
      status: 200,
      body: { requestedStartDate: later, description: 'After the move', state: 'inProgress' },
    });
    await stage.advance('P11D');
    expect(provisioned(order)).toEqual([]);

    const sooner = await inDays(2);
    expect((await patch(order, { requestedStartDate: sooner })).status).toBe(200);
    await stage.platform.advanceTo(Date.parse(sooner) - HOUR);
    expect(provisioned(order)).toEqual([]);
    await stage.platform.advanceTo(Date.parse(sooner) + HOUR);
    expect(provisioned(order).toSorted()).toEqual(['01.provision', '02.provision']);
    const told = stage.messages(order).filter((message) => message.includes('ORDER_AMENDED'));
    expect(told).toHaveLength(2);
    const { body } = await stage.api.request({ role: 'ops', path: `${ORDERS_PATH}/${order}/history` });
    expect(JSON.stringify(body).match(/"AMEND"/g)).toHaveLength(2);
  });

  it('starts it at once when the date is taken away', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(10) });
    expect((await patch(order, { requestedStartDate: null })).body).not.toHaveProperty('requestedStartDate');
    await stage.advance('PT2M');
    expect(provisioned(order)).toHaveLength(2);
  });

  it('cancels the items that are left out, and goes on with the others', async () => {
    const start = await inDays(5);
    const order = await stage.submit({ ...MOBILES, requestedStartDate: start });
    const { productOrderItem } = await stage.order(order);
    const kept = productOrderItem.filter(({ id }) => id === '2');
    expect((await patch(order, { productOrderItem: kept })).status).toBe(200);
    expect((await stage.item(order, '1')).state).toBe('cancelled');
    await stage.platform.advanceTo(Date.parse(start) + HOUR);
    expect(provisioned(order)).toEqual(['02.provision']);
  });
});

describe('a change that cannot be made', () => {
  it('is refused, and says why', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(5) });
    const before = await stage.order(order);
    const refusals = [
      await patch(order, { relatedParty: [] }),
      await patch(order, { requestedStartDate: 'soon' }),
      await patch(order, { productOrderItem: [item('1'), item('2'), item('3')] }),
      await patch(order, { productOrderItem: [item('1'), { ...item('2'), quantity: 2 }] }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 422, 422]);
    const messages = refusals.map(({ body }) => JSON.stringify(body));
    expect(messages[0]).toContain('/relatedParty');
    expect(messages[2]).toContain('Item 3 is new');
    expect(messages[3]).toContain('Item 2 is changed');
    expect(await stage.order(order)).toEqual(before);
    expect((await patch('0000000000', { description: 'x' })).status).toBe(404);
  });

  it('is refused once something irreversible has begun, with the item and the step', async () => {
    const order = await stage.submit({
      relatedParty: [customer],
      place: [{ id: 'addr-77', role: 'installationAddress' }],
      productOrderItem: [
        {
          ...item('line'),
          productOffering: { id: 'fibre-1000' },
          product: { productCharacteristic: [{ name: 'drop', value: 'new-build' }] },
        },
        item('phone'),
      ],
    });
    const survey = await stage.workItem('FIBRE_PLANNING', order, '01');
    await stage.act(survey.id, 'complete', {
      route: 'Along the hedge',
      ok: true,
      digMetres: 12,
      extraCost: false,
      permitNeeded: false,
    });
    expect(stage.steps(order, 'civil.order-build')).toEqual(['01.buildOrder']);
    const before = await stage.order(order);
    const phone = before.productOrderItem.filter(({ id }) => id === 'phone');
    for (const change of [{ requestedCompletionDate: await inDays(90) }, { productOrderItem: phone }]) {
      const { status, body } = await patch(order, change);
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain('Item line is past its point of no return, the step buildOrder');
    }
    expect(await stage.order(order)).toEqual(before);
  });

  it('is refused once the order has ended', async () => {
    const order = await stage.submit(MOBILES);
    expect((await stage.order(order)).state).toBe('completed');
    expect((await patch(order, { description: 'x' })).status).toBe(422);
  });
});
