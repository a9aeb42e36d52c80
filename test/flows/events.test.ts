import { beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

const LINE = '01';
const BOX = '04';

describe('an event from outside', () => {
  let stage: Stage;
  let order: string;

  beforeEach(async () => {
    stage = await Stage.open();
    order = await stage.submit();
  });

  it('that comes twice is applied once', async () => {
    await stage.pick(order, BOX);
    expect(await stage.deliver(order, BOX)).toBe('applied');
    expect(await stage.deliver(order, BOX)).toBe('duplicate');
    const { progress } = await stage.item(order, '4');
    expect(progress?.done).toBe(progress?.steps);
  });

  it('that comes before its wait is kept, and applied when the wait begins', async () => {
    const trackingId = '003707300000EARLY1';
    stage.script(
      { operation: 'logistics.ship', correlationId: order },
      { kind: 'success', outputs: { trackingId } },
    );
    const early = {
      id: 'early-1',
      source: '/outside',
      type: 'milepost.delivery.delivered',
      subject: trackingId,
      time: new Date(await stage.platform.cloud.now()).toISOString(),
      data: { deliveredAt: new Date(await stage.platform.cloud.now()).toISOString() },
    };
    expect(await stage.api.send(early)).toBe('kept');
    await stage.pick(order, BOX);
    expect(await stage.milestones(order, '4')).toContain('HW_DELIVERED');
    expect((await stage.item(order, '4')).state).toBe('completed');
    expect(await stage.api.send(early)).toBe('duplicate');
  });

  it.each([
    ['a line date', 'milepost.line-order.date-confirmed', { confirmedDate: '2026-12-04T08:00:00Z' }],
    ['a payment', 'milepost.payment.received', { paidAmount: 299 }],
  ])('that reports %s is kept until something waits for it', async (_what, type, data) => {
    const time = new Date(await stage.platform.cloud.now()).toISOString();
    const event = { id: `${type}-${order}`, source: '/outside', type, subject: `REF-${order}`, time, data };
    expect(await stage.api.send(event)).toBe('kept');
    expect(await stage.api.send(event)).toBe('duplicate');
  });

  it('that comes when all is over is late, and changes nothing', async () => {
    await stage.pick(order, BOX);
    await stage.deliver(order, BOX);
    const before = await stage.order(order);
    expect(
      await stage.report(order, `${BOX}.ship`, 'trackingId', 'delivery.lost', { note: 'Where is it?' }),
    ).toBe('late');
    expect(await stage.order(order)).toEqual(before);
    expect(await stage.desk('LOGISTICS_BACKORDER', order)).toEqual([]);
  });

  it('that reports a problem goes to the desk of its rule, and the good news after it completes the step', async () => {
    await stage.pick(order, LINE);
    const found = await stage.report(order, `${LINE}.dispatch`, 'workOrderId', 'visit.fault-found');
    expect(found).toBe('applied');
    const fallout = await stage.workItem('NETWORK_ENGINEERING', order, LINE);
    expect(await stage.visit(order, LINE)).toBe('kept');
    await stage.act(fallout.id, 'resolve', { action: 'RETRY', reason: 'The fault is gone' });
    expect(await stage.milestones(order, '1')).toContain('VISIT_DONE');
  });

  it('of an unknown type is refused', async () => {
    const event = {
      id: 'x',
      source: '/outside',
      type: 'milepost.delivery.eaten',
      subject: 'y',
      time: '2026-11-24T08:00:00Z',
    };
    await expect(stage.api.send(event)).rejects.toMatchObject({ status: 400 });
  });
});
