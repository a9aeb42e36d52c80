import { beforeEach, describe, expect, it } from 'vitest';
import { ORDERS_PATH } from '#scripts/api.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { Stage } from '#test/support/stage.ts';

const customer = { id: 'customer-1', role: 'customer', '@referredType': 'Individual' };

describe('orders', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  it('may have a hundred items, which all run at once', async () => {
    const order = await stage.submit({
      relatedParty: [customer],
      productOrderItem: Array.from({ length: 100 }, (_, index) => ({
        id: String(index + 1),
        action: 'add',
        productOffering: { id: 'mobile-postpaid-20gb' },
      })),
    });
    await stage.advance('PT10M');
    const { state, progress, productOrderItem } = await stage.order(order);
    expect(productOrderItem.filter((item) => item.state !== 'completed')).toEqual([]);
    expect(state).toBe('completed');
    expect(progress?.done).toBe(progress?.steps);
    expect(stage.effects(order, 'mobile.provision')).toHaveLength(100);
  });

  it('are one order when sent twice under one Idempotency-Key, and refused when they differ', async () => {
    const request = (body: unknown) =>
      stage.api.request({
        role: 'channel',
        method: 'POST',
        path: ORDERS_PATH,
        headers: { 'idempotency-key': 'portal-0001' },
        body,
      });
    const body = { relatedParty: [customer], productOrderItem: [{ id: '1', action: 'noChange' }] };
    const [first, again] = [await request(body), await request(body)];
    expect(first.status).toBe(201);
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect((await request({ ...body, description: 'Another one' })).status).toBe(422);
  });

  it('are for those whose token has the scope', async () => {
    const order = readReferenceOrder();
    const post = { method: 'POST', path: ORDERS_PATH, body: order };
    expect((await stage.api.request({ ...post, role: 'logistics' })).status).toBe(403);
    expect((await stage.api.request({ ...post, role: 'ops' })).status).toBe(403);
    expect((await stage.api.request({ role: 'channel', path: '/desks/ORDER_DESK/work-items' })).status).toBe(
      403,
    );
    expect((await fetch(`${stage.platform.url}${ORDERS_PATH}`, { method: 'POST' })).status).toBe(401);
  });

  it('that name nothing to be delivered wait at the order desk', async () => {
    const order = await stage.submit({
      productOrderItem: [{ id: '123', action: 'add' }],
      relatedParty: [{ id: 'customer-1001', '@referredType': 'Individual' }],
    });
    const [item] = await stage.desk('ORDER_DESK', order);
    expect(item).toBeDefined();
    expect((await stage.order(order)).state).not.toBe('completed');
  });
});
