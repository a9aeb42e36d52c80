import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

const DAY = 24 * 3600 * 1000;
const PLACE = [{ id: 'addr-dk-4711', role: 'installationAddress', '@referredType': 'GeographicAddress' }];
const LINE = {
  relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }],
  place: PLACE,
  productOrderItem: [
    {
      id: '1',
      action: 'add',
      productOffering: { id: 'fibre-1000' },
      product: { productCharacteristic: [{ name: 'selfInstall', value: false }] },
    },
  ],
};
/** A Wednesday morning in February, far from holidays. */
const WEDNESDAY = Date.parse('2027-02-03T07:00:00Z');

let stage: Stage;
beforeAll(() => Stage.renew());

beforeEach(async () => {
  stage = await Stage.open();
  const now = await stage.platform.cloud.now();
  const weeks = Math.max(0, Math.ceil((now - WEDNESDAY) / (7 * DAY)));
  await stage.platform.advanceTo(WEDNESDAY + weeks * 7 * DAY);
});

const alertsOf = async (order: string) =>
  (await stage.order(order)).productOrderJeopardyAlert?.map(({ id, name }) => `${id} ${name}`) ?? [];
const delays = (order: string) =>
  stage.messages(order).filter((message) => message.includes('ORDER_DELAYED'));

describe('an order that nobody gets on with', () => {
  it('becomes yellow, then red; its work comes first; the customer is told each time that it is twice as late', async () => {
    const order = await stage.submit(LINE);
    const before = (await stage.order(order)).expectedCompletionDate;
    expect(await stage.workItem('LOGISTICS_PICK', order, '01')).not.toHaveProperty('priority');

    // A pick usually takes four hours.
    await stage.advance('PT3H10M');
    expect(await alertsOf(order)).toEqual([]);
    await stage.advance('PT5M');
    expect(await alertsOf(order)).toEqual(['01.pick yellow']);
    expect(await stage.workItem('LOGISTICS_PICK', order, '01')).toMatchObject({ priority: 1 });

    const fresh = await stage.submit(LINE);
    await stage.advance('PT50M');
    expect(await alertsOf(order)).toEqual(['01.pick red']);
    const queue = (await stage.api.workItems('LOGISTICS_PICK')).map((item) => item.order);
    expect(queue.indexOf(order)).toBeLessThan(queue.indexOf(fresh));
    expect(await stage.workItem('LOGISTICS_PICK', order, '01')).toMatchObject({ priority: 2 });
    expect(delays(order)).toEqual([]);

    await stage.advance('P1D');
    expect(await alertsOf(order)).toEqual(['01.pick red', 'date yellow']);
    const { expectedCompletionDate } = await stage.order(order);
    expect(Date.parse(expectedCompletionDate ?? '')).toBeGreaterThan(Date.parse(before ?? ''));
    expect(delays(order)).toHaveLength(1);
    await stage.advance('PT6H');
    expect(delays(order)).toHaveLength(1);
    await stage.advance('P3D');
    expect(await alertsOf(order)).toEqual(['01.pick red', 'date red']);
    expect(delays(order).length).toBeGreaterThan(1);

    await stage.advance('P28D');
    expect(delays(order).length).toBeLessThanOrEqual(7);
    const { expectedCompletionDate: stillExpected } = await stage.order(order);
    expect(Date.parse(stillExpected ?? '')).toBeGreaterThanOrEqual(await stage.platform.cloud.now());
  });
});

describe('an order that cannot be ready on the date asked for', () => {
  it('says so as soon as it waits for anybody', async () => {
    const tomorrow = new Date((await stage.platform.cloud.now()) + DAY).toISOString();
    const order = await stage.submit({ ...LINE, requestedCompletionDate: tomorrow });
    const { productOrderJeopardyAlert } = await stage.order(order);
    expect(productOrderJeopardyAlert).toMatchObject([
      { id: 'date', name: 'red', jeopardyType: 'Critical', message: expect.any(String) },
    ]);
    expect(delays(order)).toHaveLength(1);
  });
});
