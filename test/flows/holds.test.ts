import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.open();
});

const post = async (path: string, body?: unknown) => {
  const answer = await stage.api.request({
    role: 'ops',
    method: 'POST',
    path,
    ...(body !== undefined && { body }),
  });
  await stage.settle();
  return answer.status;
};
const suspend = (order: string) =>
  post(`${ORDERS_PATH}/${order}/suspend`, { reason: 'Fraud is looked into' });
const resume = (order: string) => post(`${ORDERS_PATH}/${order}/resume`);

const SWITCHES = '/incident-switches';
const switchOn = (kind: string, name: string) => post(SWITCHES, { kind, name, reason: 'It is down' });
const switchOff = (id: string) => post(`${SWITCHES}/${id}/off`);
const switches = async () => {
  const { body } = await stage.api.request({ role: 'ops', path: SWITCHES });
  return z.object({ items: z.array(z.looseObject({ id: z.string(), by: z.string() })) }).parse(body).items;
};
/** What became of one switch, as the history of switches tells it. */
const switchHistory = async (id: string) => {
  const { body } = await stage.api.request({ role: 'ops', path: `${SWITCHES}/history` });
  const { items } = z.object({ items: z.array(z.looseObject({ switch: z.string() })) }).parse(body);
  return items.filter((item) => item.switch === id);
};

/** A mobile subscription, sold at a distance or not. */
const mobile = (channel: readonly object[] = []) => ({
  relatedParty: [{ id: 'customer-9', role: 'customer', '@referredType': 'Individual' }],
  category: 'residential',
  channel,
  productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } }],
});

describe('an order that is suspended', () => {
  it('starts no step until it is resumed; what has begun comes to its end', async () => {
    const order = await stage.submit();
    expect(await suspend(order)).toBe(204);
    expect(await stage.order(order)).toMatchObject({ suspension: { reason: 'Fraud is looked into' } });
    await stage.pick(order, '03');
    await stage.pick(order, '04');
    await stage.advance('P1D');
    expect(stage.steps(order, 'logistics.ship')).toEqual([]);
    expect(await stage.desk('LOGISTICS_BACKORDER', order)).toEqual([]);
    expect(await resume(order)).toBe(204);
    expect(stage.steps(order, 'logistics.ship').toSorted()).toEqual(['03.ship', '04.ship']);
    expect(await resume(order)).toBe(422);
  });

  it('keeps its dates: what fell due meanwhile happens as it is resumed, not before', async () => {
    const order = await stage.submit(mobile([{ id: 'portal', role: 'distanceSale' }]));
    await suspend(order);
    await stage.advance('P20D');
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);
    await resume(order);
    await stage.advance('PT1M');
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('can be cancelled', async () => {
    const order = await stage.submit();
    await suspend(order);
    await stage.pick(order, '03');
    const { id } = await stage.api.cancel(order, ['3']);
    await stage.advance('PT1H');
    const back = await stage.workItem('LOGISTICS_RETURNS', order, '03');
    expect(back.step).toBe('pick');
    expect((await stage.api.cancellation(id)).cancelledProductOrderItem).toContainEqual({ id: '3' });
  });
});

describe('an incident', () => {
  it('keeps calls from a system, which are made when it is over, and counts as no failure', async () => {
    expect(await post(SWITCHES, { kind: 'system', name: 'warehous', reason: 'x' })).toBe(400);
    expect(await switchOn('system', 'hss-ocs')).toBe(201);
    expect(await switches()).toMatchObject([
      { id: 'system:hss-ocs', by: 'operator-1', reason: 'It is down' },
    ]);
    const orders = [];
    for (let count = 0; count < 3; count += 1) orders.push(await stage.submit(mobile()));
    for (const order of orders) {
      expect(stage.effects(order, 'mobile.provision')).toEqual([]);
      expect((await stage.order(order)).state).toBe('inProgress');
      expect(await stage.desk('MOBILE_OPS', order)).toEqual([]);
    }
    await stage.advance('PT1M');
    expect(await switchOff('system:hss-ocs')).toBe(204);
    await stage.advance('PT1M');
    expect(await switches()).toEqual([]);
    for (const order of orders) expect((await stage.order(order)).state).toBe('completed');

    const told = await switchHistory('system:hss-ocs');
    expect(told.slice(-2)).toMatchObject([
      { what: 'SWITCH_ON', by: 'operator-1', reason: 'It is down' },
      { what: 'SWITCH_OFF', by: 'operator-1' },
    ]);
    // Switching off what is off changes nothing, and is not told.
    expect(await switchOff('system:hss-ocs')).toBe(204);
    expect(await switchHistory('system:hss-ocs')).toEqual(told);
    const { entries } = await stage.api.history(orders[0] ?? '');
    expect(entries.filter(({ what }) => what === 'STEP_HELD')).toMatchObject([
      { step: 'provision', by: 'milepost', why: 'system:hss-ocs' },
    ]);
  });

  it('keeps work from a desk', async () => {
    await switchOn('task', 'logistics.pick-scan');
    const order = await stage.submit();
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);
    await stage.advance('PT1M');
    await switchOff('task:logistics.pick-scan');
    await stage.advance('PT1M');
    const picks = (await stage.desk('LOGISTICS_PICK', order)).map(({ suborder }) => suborder);
    expect(picks).toEqual(expect.arrayContaining(['03', '04']));
  });

  it('keeps an undo from its system', async () => {
    const order = await stage.submit();
    await switchOn('system', 'warehouse');
    await stage.api.cancel(order, ['3']);
    await stage.advance('PT1H');
    expect(stage.effects(order, 'stock.release')).toEqual([]);
    expect((await stage.item(order, '3')).state).toBe('pendingCancellation');
    await switchOff('system:warehouse');
    await stage.advance('PT1M');
    expect((await stage.item(order, '3')).state).toBe('cancelled');
    expect(stage.simulator.doubleEffects().undoneTwice).toEqual([]);
  });
});
