import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { workingTimeLater } from '#shared/domain/calendar.ts';
import { Stage } from '#test/support/stage.ts';

const DAY = 24 * 3600 * 1000;
const HOUR = 3600 * 1000;

const consumer = { relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }] };
const item = (id: string, offering: string) => ({ id, action: 'add', productOffering: { id: offering } });
const PLACE = [{ id: 'addr-dk-4711', role: 'installationAddress', '@referredType': 'GeographicAddress' }];
const LINE = { ...consumer, place: PLACE, productOrderItem: [item('1', 'fibre-1000')] };
const MOBILE = { ...consumer, productOrderItem: [item('1', 'mobile-postpaid-20gb')] };

let stage: Stage;
beforeAll(() => Stage.renew());

beforeEach(async () => {
  stage = await Stage.open();
});

const inDays = async (days: number) => (await stage.platform.cloud.now()) + days * DAY;

describe('an order for a later date', () => {
  it('waits until it has to begin to be ready in time', async () => {
    const wanted = await inDays(60);
    const order = await stage.submit({ ...LINE, requestedCompletionDate: new Date(wanted).toISOString() });
    const accepted = await stage.order(order);
    expect(accepted).toMatchObject({ state: 'inProgress', productOrderItem: [{ state: 'acknowledged' }] });
    expect(Date.parse(String(accepted.expectedCompletionDate))).toBeLessThanOrEqual(wanted);
    expect(stage.effects(order, 'asset.lock')).toEqual([]);

    // The flow usually takes ten days, of which only working days count.
    let begins = wanted - 30 * DAY;
    while (workingTimeLater(new Date(begins + HOUR), 10 * 24 * 3600).getTime() <= wanted) begins += HOUR;
    await stage.platform.advanceTo(begins - HOUR);
    expect(stage.effects(order, 'asset.lock')).toEqual([]);
    await stage.platform.advanceTo(begins + 2 * HOUR);
    expect(stage.effects(order, 'asset.lock')).toHaveLength(1);
    expect((await stage.item(order, '1')).state).toBe('inProgress');
  });

  it('begins on the day that the customer names for the start', async () => {
    const start = await inDays(5);
    const order = await stage.submit({ ...MOBILE, requestedStartDate: new Date(start).toISOString() });
    await stage.platform.advanceTo(start - HOUR);
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);
    await stage.platform.advanceTo(start + HOUR);
    expect(stage.effects(order, 'mobile.provision')).toHaveLength(1);
  });

  it('is not accepted for a day that is too far away', async () => {
    const requestedCompletionDate = new Date(await inDays(400)).toISOString();
    await expect(stage.api.submit({ ...MOBILE, requestedCompletionDate })).rejects.toMatchObject({
      status: 400,
      body: { pointer: '/requestedCompletionDate' },
    });
  });
});
