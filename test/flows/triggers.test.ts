import { beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

const ITEM = '01';

let stage: Stage;
beforeAll(async () => {
  await Stage.renew();
  stage = await Stage.open();
});

let count = 0;

/** An event from outside, with an id of its own, a minute from now; answers the order that it begins, or what became of it. */
async function happens(type: string, subject: string, data: Readonly<Record<string, unknown>>) {
  await stage.advance('PT1M');
  const received = await stage.api.receive({
    id: `trigger-${++count}`,
    source: '/outside',
    type: `milepost.${type}`,
    subject,
    time: await now(),
    data,
  });
  await stage.settle();
  return received;
}

const now = async () => new Date(await stage.platform.cloud.now()).toISOString();

/** Begins an order that no channel orders. */
async function begins(
  type: string,
  subject: string,
  data: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { status, order } = await happens(type, subject, data);
  expect(status).toBe('applied');
  return String(order);
}

const state = async (order: string) => (await stage.order(order)).state;

describe('a prepaid card that nobody tops up', () => {
  /** A card that was sold, and whose balance has expired; answers the order that follows, and who the card is to the network. */
  async function expired() {
    const sale = await stage.submit({
      relatedParty: [{ id: 'customer-4', role: 'customer', '@referredType': 'Individual' }],
      productOrderItem: [
        {
          id: '1',
          action: 'add',
          productOffering: { id: 'mobile-prepaid' },
          product: { productCharacteristic: [{ name: 'simType', value: 'esim' }] },
        },
      ],
    });
    expect(await state(sale)).toBe('completed');
    const output = (operation: string, name: string) =>
      String(stage.effects(sale, operation).at(-1)?.outputs[name]);
    const installedProductId = output('inventory.update', 'installedProductId');
    const order = await begins('prepaid.expired', installedProductId, {
      installedProductId,
      customerId: 'customer-4',
      expiresAt: await now(),
    });
    expect(stage.messages(order)).toContain(`${ITEM}.lock.BALANCE_EXPIRY`);
    return {
      order,
      subscriber: output('mobile.provision', 'subscriberId'),
      number: output('number.reserve', 'number'),
    };
  }

  it('is barred after 30 days and gone after 90, and its number is free', async () => {
    const { order, number } = await expired();
    await stage.advance('P29D');
    expect(stage.effects(order, 'service.bar')).toEqual([]);
    await stage.advance('P2D');
    expect(stage.steps(order, 'service.bar')).toEqual([`${ITEM}.bar`]);
    await stage.advance('P58D');
    expect(stage.effects(order, 'mobile.deprovision')).toEqual([]);
    await stage.advance('P2D');
    expect(stage.steps(order, 'mobile.deprovision')).toEqual([`${ITEM}.off`]);
    expect(stage.effects(order, 'number.release')[0]?.input).toMatchObject({ number });
    expect(await state(order)).toBe('completed');
  });

  it('is opened again when it is topped up before that', async () => {
    const { order, subscriber } = await expired();
    await stage.advance('P40D');
    expect(await happens('top-up.received', subscriber, {})).toMatchObject({ status: 'applied' });
    expect(await state(order)).toBe('cancelled');
    expect(stage.steps(order, 'service.unbar')).toEqual([`${ITEM}.bar.undo`]);
    await stage.advance('P60D');
    expect(stage.effects(order, 'mobile.deprovision')).toEqual([]);
  });
});

describe('a bill', () => {
  const debtor = { accountId: 'account-overdue', customerId: 'customer-5' };

  it('that is overdue is reminded of until it is paid', async () => {
    const overdue = { ...debtor, amount: 399, dueDate: (await now()).slice(0, 10) };
    const order = await begins('bill.overdue', debtor.accountId, overdue);
    await stage.advance('P16D');
    expect(stage.messages(order)).toContain(`${ITEM}.rem1.REMINDER_1`);
    const paid = await happens('payment.received', debtor.accountId, { paidAmount: 399 });
    expect(paid).toMatchObject({ status: 'applied' });
    expect(await state(order)).toBe('completed');
    expect(stage.effects(order, 'service.bar')).toEqual([]);
  });

  it('that is disputed is held in collection until a desk has decided', async () => {
    const objection = 'I have paid';
    const order = await begins('bill.disputed', debtor.accountId, { ...debtor, objection });
    expect(stage.messages(order)).toContain(`${ITEM}.hold.DISPUTE_RECEIVED`);
    expect(stage.steps(order, 'collection.hold')).toEqual([`${ITEM}.hold`]);
    const { id } = await stage.workItem('COLLECTIONS_DESK', order, ITEM);
    expect((await stage.api.workItem(id)).context).toMatchObject({ reason: objection });
    expect(stage.effects(order, 'billing.adjust')).toEqual([]);
    await stage.act(id, 'complete', { decision: 'APPROVE', ok: true });
    expect(stage.effects(order, 'billing.adjust').map(({ input }) => input.chargeCode)).toEqual([
      'DISPUTE_CREDIT',
    ]);
    expect(await state(order)).toBe('completed');
  });
});
