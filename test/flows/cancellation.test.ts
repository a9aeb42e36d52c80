import { beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

describe('an item that cannot be delivered', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  /** The steps of a suborder that were undone by a system, the first one first. */
  const undone = (order: string, suborder: string) =>
    stage
      .effects(order)
      .map(({ step = '' }) => step.split('.'))
      .filter(([number, , what]) => number === suborder && what === 'undo')
      .map(([, step]) => step);

  it('is undone in the reverse order, cancels what depends on it, and leaves mobile alone', async () => {
    stage.script({ operation: 'access.activate' }, { kind: 'reject', code: 'PORT_FAULTY' });
    const order = await stage.submit();
    for (const suborder of ['01', '03', '04']) await stage.pick(order, suborder);
    await stage.visit(order, '01');
    const fallout = await stage.workItem('NETWORK_ENGINEERING', order, '01');
    await stage.act(fallout.id, 'resolve', {
      action: 'FAIL_ITEM',
      reason: 'The line cannot be repaired',
    });
    await stage.advance('PT1H');
    expect(undone(order, '01')).toEqual(['dispatch', 'book']);

    // The unit is in somebody's hands: it comes back to the shelf before the rest is undone.
    const { id } = await stage.workItem('LOGISTICS_RETURNS', order, '01');
    const { form = [] } = await stage.api.workItem(id);
    const serialNumber = form.find((field) => field.id === 'serialNumber')?.example;
    await stage.act(id, 'complete', { serialNumber, ok: true }, 'logistics');
    await stage.advance('PT1H');
    expect(undone(order, '01')).toEqual(['dispatch', 'book', 'reserve', 'assign', 'lock']);

    const states = (await stage.order(order)).productOrderItem.map((item) => `${item.id} ${item.state}`);
    expect(states).toEqual(
      expect.arrayContaining(['1 failed', '2 cancelled', '5 cancelled', '6 cancelled', '7 completed']),
    );
  });

  it('has the order fail with it when nothing of it was completed', async () => {
    stage.script({ operation: 'serviceability.check' }, { kind: 'reject', code: 'NOT_SERVICEABLE' });
    const order = await stage.submit({
      relatedParty: [{ id: 'customer-9', role: 'customer', '@referredType': 'Individual' }],
      billingAccount: { id: 'account-9' },
      place: [{ id: 'address-9', role: 'installationAddress', '@type': 'GeographicAddress' }],
      productOrderItem: [
        { id: '1', action: 'add', productOffering: { id: 'fibre-1000' } },
        { id: '2', action: 'add', productOffering: { id: 'internet-1000' } },
      ],
    });
    await stage.advance('PT1H');
    const { state, productOrderItem } = await stage.order(order);
    expect(productOrderItem.map((item) => `${item.id} ${item.state}`)).toEqual(['1 failed', '2 cancelled']);
    expect(state).toBe('failed');
    expect(stage.messages(order)).toEqual(expect.arrayContaining(['00.order.ORDER_CANCELLED']));
  });

  it('cancels an order at an address that cannot be served, but for mobile', async () => {
    stage.script({ operation: 'serviceability.check' }, { kind: 'reject', code: 'NOT_SERVICEABLE' });
    const order = await stage.submit();
    await stage.advance('PT1H');
    const { state, productOrderItem } = await stage.order(order);
    expect(productOrderItem.map((item) => `${item.id} ${item.state}`)).toEqual([
      '1 failed',
      '2 cancelled',
      '3 cancelled',
      '4 cancelled',
      '5 cancelled',
      '6 cancelled',
      '7 completed',
    ]);
    expect(state).toBe('partial');
    expect(stage.messages(order)).toContain('01.qualify.NOT_SERVICEABLE');

    expect(
      Object.fromEntries(['01', '02', '03', '04', '05', '06', '07'].map((n) => [n, undone(order, n)])),
    ).toEqual({
      '01': ['lock'],
      '02': ['address', 'lock'],
      '03': ['reserve', 'lock'],
      '04': ['reserve', 'lock'],
      '05': ['lock'],
      '06': ['number', 'lock'],
      '07': [],
    });
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);
    expect(stage.simulator.doubleEffects().undoneTwice).toEqual([]);
  });
});
