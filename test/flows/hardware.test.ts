import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { portWindow } from '#shared/domain/porting.ts';
import { Stage } from '#test/support/stage.ts';

const ITEM = '01';
const BUYER = {
  relatedParty: [{ id: 'customer-7', role: 'customer', '@referredType': 'Individual' }],
  billingAccount: { id: 'account-7' },
  place: [{ id: 'address-7', role: 'installationAddress', '@type': 'GeographicAddress' }],
};

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

const characteristic = (name: string, value: unknown) => ({ name, value });

const buy = (upFront = true) =>
  stage.submit({
    ...BUYER,
    productOrderItem: [
      {
        id: '1',
        action: 'add',
        productOffering: { id: 'wifi-extender' },
        product: { productCharacteristic: [characteristic('upFront', upFront)] },
      },
    ],
  });

const ask = (action: 'modify' | 'delete', productId: string, ...productCharacteristic: object[]) =>
  stage.submit({
    ...BUYER,
    productOrderItem: [
      {
        id: '1',
        action,
        productOffering: { id: 'wifi-extender' },
        product: { id: productId, productCharacteristic },
      },
    ],
  });

/** A sale from the order to the door; answers the id of the installed product and its serial number. */
async function bought(upFront = true): Promise<{ product: string; serialNumber: string }> {
  const order = await buy(upFront);
  await stage.pick(order, ITEM);
  await stage.deliver(order, ITEM);
  expect((await stage.order(order)).state).toBe('completed');
  const [update] = stage.effects(order, 'inventory.update');
  const [ship] = stage.effects(order, 'logistics.ship');
  return {
    product: String(update?.outputs.installedProductId),
    serialNumber: String(ship?.input.serialNumber),
  };
}

const comesBack = (order: string) =>
  stage.report(order, `${ITEM}.ret`, 'returnId', 'return.received', { receivedAt: '2026-01-01T10:00:00Z' });

async function inspect(order: string, form: Readonly<Record<string, unknown>>): Promise<void> {
  const { id } = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
  await stage.act(id, 'complete', { grade: 'A', action: 'RESTOCK', ok: true, ...form }, 'logistics');
}

describe('hardware that is not there', () => {
  it('is on back-order: the customer is told, and when it has come it goes its way', async () => {
    stage.script({ operation: 'stock.reserve' }, { kind: 'reject', code: 'OUT_OF_STOCK' });
    const order = await buy();
    expect(stage.messages(order)).toContain(`${ITEM}.reserve.HW_BACKORDER`);
    const { id } = await stage.workItem('LOGISTICS_BACKORDER', order, ITEM);
    await stage.advance('P3D');
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The pallet has come' }, 'logistics');
    await stage.pick(order, ITEM);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.steps(order, 'payment.collect')).toEqual([`${ITEM}.pay`]);
  });

  it('is lost on the way: the back-order desk has another unit reserved, picked and shipped', async () => {
    const order = await buy();
    await stage.pick(order, ITEM);
    await stage.report(order, `${ITEM}.ship`, 'trackingId', 'delivery.lost');
    expect(stage.messages(order)).toContain(`${ITEM}.reserve.HW_BACKORDER`);
    const { id } = await stage.workItem('LOGISTICS_BACKORDER', order, ITEM);
    const { failure } = await stage.api.workItem(id, 'logistics');
    expect(failure).toMatchObject({ step: 'reserve', error: 'LOST' });
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Send another one' }, 'logistics');
    await stage.pick(order, ITEM);
    const [first, second] = stage.effects(order, 'logistics.ship');
    expect(second?.input.serialNumber).not.toBe(first?.input.serialNumber);
    expect(second?.outputs.trackingId).not.toBe(first?.outputs.trackingId);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.steps(order, 'stock.reserve')).toHaveLength(2);
    expect(stage.steps(order, 'payment.collect')).toHaveLength(1);
  });
});

/** A subscription on a card that is sent. */
const subscribe = (chosen: Readonly<Record<string, unknown>> = {}) =>
  stage.submit({
    ...BUYER,
    productOrderItem: [
      {
        id: '1',
        action: 'add',
        productOffering: { id: 'mobile-postpaid-20gb' },
        product: {
          productCharacteristic: Object.entries({ simType: 'physical', ...chosen }).map(([name, value]) =>
            characteristic(name, value),
          ),
        },
      },
    ],
  });

describe('a SIM card that is picked', () => {
  it('is the one that was assigned, no other', async () => {
    const order = await subscribe();
    const { id } = await stage.workItem('LOGISTICS_PICK', order, ITEM);
    const answer = await stage.api.request({
      role: 'logistics',
      method: 'POST',
      path: `/work-items/${id}/complete`,
      body: { serialNumber: '89450100000000000012', ok: true },
    });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('serialNumber') } });
    await stage.pick(order, ITEM);
    const [card] = stage.effects(order, 'sim.assign');
    const [ship] = stage.effects(order, 'logistics.ship');
    expect(ship?.input.serialNumber).toBe(card?.outputs.iccid);
  });

  it('is another one, which is assigned in its place, when it is damaged', async () => {
    const order = await subscribe();
    const pick = await stage.workItem('LOGISTICS_PICK', order, ITEM);
    await stage.act(pick.id, 'reject', { code: 'ITEM_DAMAGED', note: 'It is broken' }, 'logistics');
    const { id } = await stage.workItem('LOGISTICS_BACKORDER', order, ITEM);
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Assign another one' }, 'logistics');
    await stage.pick(order, ITEM);
    const [broken, card] = stage.effects(order, 'sim.assign');
    expect(card?.input.formerIccid).toBe(broken?.outputs.iccid);
    const [provision] = stage.effects(order, 'mobile.provision');
    expect(provision?.input.imsi).toBe(card?.outputs.imsi);
  });
});

describe('a SIM card that is lost in the post', () => {
  /** A subscription whose card the carrier has lost; answers the order and the work item of the back-order desk. */
  async function lost(submitted = subscribe()) {
    const order = await submitted;
    await stage.pick(order, ITEM);
    await stage.report(order, `${ITEM}.ship`, 'trackingId', 'delivery.lost');
    return { order, id: (await stage.workItem('LOGISTICS_BACKORDER', order, ITEM)).id };
  }
  /** The back-order desk sends another card, which takes the place of the first; answers its network identity. */
  async function sendAnother(order: string, id: string): Promise<unknown> {
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Send another one' }, 'logistics');
    await stage.pick(order, ITEM);
    const [card, next] = stage.effects(order, 'sim.assign');
    expect(next?.input).toMatchObject({ formerIccid: card?.outputs.iccid });
    return next?.outputs.imsi;
  }

  it('is killed, and another one is assigned, picked, shipped and activated on the same number', async () => {
    const { order, id } = await lost();
    const imsi = await sendAnother(order, id);
    const [first, second] = stage.effects(order, 'mobile.provision');
    expect(second?.input).toMatchObject({
      msisdn: first?.input.msisdn,
      imsi,
      formerSubscriberId: first?.outputs.subscriberId,
    });
    expect(stage.steps(order, 'number.reserve')).toHaveLength(1);
    expect(stage.steps(order, 'logistics.ship')).toHaveLength(2);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('is followed by another one while the number is ported, which is asked for once', async () => {
    const { order, id } = await lost(
      subscribe({
        numberSource: 'port-in',
        number: '+4520123456',
        donor: 'OP001',
        authoritySigned: true,
        authorityRef: 'AUTH-1',
      }),
    );
    const portDate = String(stage.effects(order, 'np.request')[0]?.outputs.portDate);
    await stage.report(order, `${ITEM}.portReq`, 'npOrderId', 'port.confirmed', {
      confirmedPortDate: `${portDate}T00:00:00+01:00`,
    });
    expect(await stage.milestones(order, '1')).toContain('PORT_DATE_CONFIRMED');
    await stage.platform.advanceTo(portWindow(portDate).opens.getTime() + 60_000);
    const imsi = await sendAnother(order, id);
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);
    expect(stage.effects(order, 'np.complete')).toEqual([]);

    await stage.deliver(order, ITEM);
    expect(stage.effects(order, 'mobile.provision').map(({ input }) => input.imsi)).toEqual([imsi]);
    expect(stage.effects(order, 'np.request')).toHaveLength(1);
    expect(stage.effects(order, 'np.complete')).toHaveLength(1);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('is followed by another one when it was to replace a card', async () => {
    const swap = {
      ...BUYER,
      productOrderItem: [
        {
          id: '1',
          action: 'modify',
          productOffering: { id: 'mobile-postpaid-20gb' },
          product: {
            id: 'MOBILE-7',
            productCharacteristic: [characteristic('change', 'sim'), characteristic('simType', 'physical')],
          },
        },
      ],
    };
    const { order, id } = await lost(stage.submit(swap));
    const imsi = await sendAnother(order, id);
    await stage.deliver(order, ITEM);
    await stage.advance('PT1M');
    const path = `${ORDERS_PATH}/${order}/question/${ITEM}-ACTIVATE_NEW_SIM/answer`;
    await stage.api.request({ role: 'channel', method: 'POST', path, body: { answer: 'CONFIRM' } });
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'mobile.modify').map(({ input }) => input.imsi)).toEqual([imsi]);
  });

  it('is followed by another one when it was in the parcel of a router', async () => {
    const broadband = {
      ...BUYER,
      productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'mobile-broadband-5g' } }],
    };
    const { order, id } = await lost(stage.submit(broadband));
    const imsi = await sendAnother(order, id);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'mobile.provision').map(({ input }) => input.imsi)).toEqual([imsi]);
  });

  it('is killed too when the customer does not want another one', async () => {
    const { order, id } = await lost();
    const cancels = { action: 'CANCEL_ITEM', reason: 'The customer is tired of it' };
    await stage.act(id, 'resolve', cancels, 'logistics');
    expect((await stage.order(order)).state).toBe('cancelled');
    expect(stage.effects(order, 'sim.release').map(({ undoes }) => undoes)).toEqual([`${order}-01-sim-1`]);
    expect(stage.steps(order, 'mobile.deprovision')).toEqual([`${ITEM}.provision.undo`]);
  });
});

it('sends another box to a customer who installs the fibre himself when the first is lost', async () => {
  const order = await stage.submit({
    ...BUYER,
    productOrderItem: [
      {
        id: '1',
        action: 'add',
        productOffering: { id: 'fibre-1000' },
        product: {
          productCharacteristic: [characteristic('drop', 'existing'), characteristic('selfInstall', true)],
        },
      },
    ],
  });
  await stage.pick(order, ITEM);
  await stage.report(order, `${ITEM}.ship`, 'trackingId', 'delivery.lost');
  const { id } = await stage.workItem('LOGISTICS_BACKORDER', order, ITEM);
  await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Send another one' }, 'logistics');
  await stage.pick(order, ITEM);
  await stage.deliver(order, ITEM);
  expect((await stage.order(order)).state).toBe('completed');
  const shipped = stage.effects(order, 'logistics.ship').map(({ input }) => input.serialNumber);
  expect(new Set(shipped).size).toBe(2);
  const [activated] = stage.effects(order, 'access.activate');
  expect(activated?.input.ontSerial).toBe(shipped[1]);
});

describe('a set-top box, which is provisioned while it is on its way', () => {
  async function shipped(): Promise<string> {
    const order = await stage.submit({
      ...BUYER,
      productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'set-top-box-4k' } }],
    });
    await stage.pick(order, ITEM);
    return order;
  }

  /** A box whose parcel the carrier has lost; answers the order and the work item of the back-order desk. */
  async function lost() {
    const order = await shipped();
    await stage.report(order, `${ITEM}.ship`, 'trackingId', 'delivery.lost');
    expect(stage.messages(order)).toContain(`${ITEM}.reserve.HW_BACKORDER`);
    return { order, id: (await stage.workItem('LOGISTICS_BACKORDER', order, ITEM)).id };
  }

  it('is lost: another one is picked, shipped and provisioned in its place', async () => {
    const { order, id } = await lost();
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Send another one' }, 'logistics');
    await stage.pick(order, ITEM);
    const [first, second] = stage.effects(order, 'cpe.provision');
    expect(first?.input.formerDeviceId).toBeUndefined();
    expect(second?.input).toMatchObject({ formerDeviceId: first?.outputs.deviceId });
    expect(second?.input.serialNumber).not.toBe(first?.input.serialNumber);
    expect(stage.steps(order, 'logistics.ship')).toHaveLength(2);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('is lost and not wanted any more: what is gone is not put back, but it is unbound', async () => {
    const { order, id } = await lost();
    await stage.act(
      id,
      'resolve',
      { action: 'CANCEL_ITEM', reason: 'The customer is tired of it' },
      'logistics',
    );
    expect((await stage.order(order)).state).toBe('cancelled');
    expect(stage.steps(order, 'cpe.deprovision')).toEqual([`${ITEM}.provision.undo`]);
    expect(stage.steps(order, 'logistics.recall')).toEqual([]);
    expect(await stage.desk('LOGISTICS_RETURNS', order)).toEqual([]);
  });

  it('comes back: it goes out again, and is not provisioned again', async () => {
    const order = await shipped();
    await stage.report(order, `${ITEM}.ship`, 'trackingId', 'delivery.returned-to-sender');
    const path = `${ORDERS_PATH}/${order}/question`;
    const { body } = await stage.api.request({ role: 'channel', path });
    const [question] = z.array(z.looseObject({ id: z.string() })).parse(body);
    await stage.advance('PT1M');
    await stage.api.request({
      role: 'channel',
      method: 'POST',
      path: `${path}/${question?.id}/answer`,
      body: { answer: 'CONFIRM' },
    });
    await stage.settle();
    expect(stage.steps(order, 'logistics.ship')).toHaveLength(2);
    expect(stage.steps(order, 'cpe.provision')).toHaveLength(1);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
  });
});

describe('a withdrawal from hardware', () => {
  it('within 14 days of delivery is refunded when the very unit has come back', async () => {
    const { product, serialNumber } = await bought();
    await stage.advance('P13D');
    const order = await ask('delete', product);
    expect(stage.messages(order)).toEqual(
      expect.arrayContaining([`${ITEM}.inTime.WITHDRAWAL_CONFIRMED`, `${ITEM}.ret.RETURN_LABEL`]),
    );
    await comesBack(order);
    await expect(inspect(order, { returnedSerialNumber: 'WX9999999999' })).rejects.toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/returnedSerialNumber' }] },
    });
    expect(stage.effects(order, 'payment.refund')).toEqual([]);
    await inspect(order, { returnedSerialNumber: serialNumber.toLowerCase() });
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.steps(order, 'payment.refund')).toEqual([`${ITEM}.refund`]);
    expect(stage.effects(order, 'billing.adjust')).toEqual([]);
  });

  it('of hardware on the bill is credited there', async () => {
    const { product, serialNumber } = await bought(false);
    const order = await ask('delete', product);
    await comesBack(order);
    await inspect(order, { returnedSerialNumber: serialNumber });
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'payment.refund')).toEqual([]);
    expect(stage.effects(order, 'billing.adjust').map(({ input }) => input.chargeCode)).toEqual([
      'HW_SALE_CREDIT',
    ]);
  });

  it('after 14 days is refused: the customer is told, and nothing is to be sent back', async () => {
    const { product } = await bought();
    await stage.advance('P17D');
    const order = await ask('delete', product);
    expect((await stage.item(order, '1')).state).toBe('cancelled');
    expect(stage.messages(order)).toContain(`${ITEM}.inTime.WITHDRAWAL_REFUSED`);
    expect(stage.effects(order, 'return.request')).toEqual([]);
    expect(stage.steps(order, 'asset.unlock')).toHaveLength(1);
  });

  it('of hardware that is kept is not refunded', async () => {
    const { product } = await bought();
    const order = await ask('delete', product);
    await stage.advance('P15D');
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.messages(order)).toContain(`${ITEM}.retWait.RETURN_REMINDER-1`);
    expect(stage.effects(order, 'payment.refund')).toEqual([]);
    expect(stage.effects(order, 'inventory.update')).toEqual([]);
  });
});

describe('a warranty', () => {
  const fault = characteristic('fault', 'It does not start');

  async function triage(order: string): Promise<void> {
    const { id } = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
    await stage.act(id, 'complete', { decision: 'APPROVE', ok: true }, 'logistics');
  }

  it('gets the customer another unit; a wrong device is looked into, and damage is charged', async () => {
    const { product } = await bought();
    const order = await ask('modify', product, characteristic('change', 'warranty'), fault);
    await triage(order);
    await comesBack(order);
    const first = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
    await stage.act(first.id, 'reject', { code: 'WRONG_DEVICE', note: 'A telephone' }, 'logistics');
    const repair = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
    await stage.act(
      repair.id,
      'resolve',
      { action: 'RETRY', reason: 'Now it is the right one' },
      'logistics',
    );
    const again = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
    await stage.act(again.id, 'reject', { code: 'DAMAGED', note: 'It fell into water' }, 'logistics');
    expect(stage.effects(order, 'billing.adjust').map(({ input }) => input.chargeCode)).toEqual([
      'HW_NOT_RETURNED',
    ]);
    expect(stage.messages(order)).toContain(`${ITEM}.hwCharge.RETURN_CHARGED`);
    await stage.pick(order, ITEM);
    await stage.deliver(order, ITEM);
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.messages(order)).toContain(`${ITEM}.inventory.REPAIR_UPDATE`);
  });

  it('that does not apply ends there', async () => {
    const { product } = await bought();
    const order = await ask('modify', product, characteristic('change', 'warranty'), fault);
    const { id } = await stage.workItem('LOGISTICS_RETURNS', order, ITEM);
    await stage.act(id, 'reject', { code: 'DECLINED', note: 'Bought four years ago' }, 'logistics');
    expect((await stage.item(order, '1')).state).toBe('cancelled');
    expect(stage.effects(order, 'return.request')).toEqual([]);
  });
});
