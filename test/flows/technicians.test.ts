import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { instantOf } from '#shared/domain/calendar.ts';
import { Stage } from '#test/support/stage.ts';

const ITEM = '01';
const HOUR = 3_600_000;

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

const visit = (offering: string, ...productCharacteristic: object[]) =>
  stage.submit({
    relatedParty: [{ id: 'customer-8', role: 'customer', '@referredType': 'Individual' }],
    billingAccount: { id: 'account-8' },
    place: [{ id: 'address-8', role: 'installationAddress', '@type': 'GeographicAddress' }],
    productOrderItem: [
      {
        id: '1',
        action: 'add',
        productOffering: { id: offering },
        product: { productCharacteristic },
      },
    ],
  });

async function happens(order: string, what: string): Promise<void> {
  await stage.advance('PT1H');
  await stage.report(order, `${ITEM}.dispatch`, 'workOrderId', `visit.${what}`, {
    note: 'As seen on the spot',
  });
}

const charges = (order: string) =>
  stage.effects(order, 'billing.adjust').map(({ input }) => input.chargeCode);

const slotOf = (order: string) => String(stage.effects(order, 'appointment.book').at(-1)?.outputs.slot);

describe('a visit', () => {
  let order: string;
  beforeEach(async () => {
    order = await visit('technician-repair');
  });

  it('is booked, dispatched, and the customer is reminded a day before, by the clocks of the country', async () => {
    expect(stage.messages(order)).toContain(`${ITEM}.book.VISIT_CONFIRMED`);
    const begins = instantOf(slotOf(order))?.getTime() ?? Number.NaN;
    await stage.platform.advanceTo(begins - 24 * HOUR - 60_000);
    await stage.settle();
    expect(stage.messages(order)).not.toContain(`${ITEM}.visit.VISIT_REMINDER-1`);
    await stage.platform.advanceTo(begins - 24 * HOUR + 60_000);
    await stage.settle();
    expect(stage.messages(order)).toContain(`${ITEM}.visit.VISIT_REMINDER-1`);
    await happens(order, 'done');
    const { state, progress } = await stage.order(order);
    expect(state).toBe('completed');
    // The fee is left out.
    expect(progress?.done).toBe(progress?.steps);
    expect(charges(order)).toEqual([]);
  });

  it('has the customer told once that the technician is on the way, each time that one is', async () => {
    const onTheWay = () =>
      stage.messages(order).filter((message) => message.includes('VISIT_ON_THE_WAY')).length;
    const setsOff = async (id: string) => {
      const { workOrderId } = stage.effects(order, 'field.dispatch').at(-1)?.outputs ?? {};
      const status = await stage.api.send({
        id: `${order}-${id}`,
        source: '/field',
        type: 'milepost.visit.on-the-way',
        subject: String(workOrderId),
        time: new Date(await stage.platform.cloud.now()).toISOString(),
      });
      await stage.settle();
      return status;
    };
    expect(await setsOff('1')).toBe('applied');
    expect(await setsOff('1')).toBe('duplicate');
    expect(await setsOff('2')).toBe('late');
    expect(onTheWay()).toBe(1);
    expect((await stage.item(order, '1')).state).toBe('inProgress');

    await happens(order, 'no-access');
    expect(await setsOff('3')).toBe('applied');
    expect(onTheWay()).toBe(2);
    await happens(order, 'done');
    expect(await setsOff('4')).toBe('late');
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('at which nobody is at home is booked anew, and costs a fee', async () => {
    await happens(order, 'no-access');
    expect(stage.messages(order)).toContain(`${ITEM}.visit.VISIT_MISSED`);
    expect(stage.steps(order, 'appointment.book')).toHaveLength(2);
    expect(stage.steps(order, 'field.dispatch')).toHaveLength(2);
    expect(charges(order)).toEqual([]);
    await happens(order, 'done');
    expect((await stage.order(order)).state).toBe('completed');
    expect(charges(order)).toEqual(['VISIT_MISSED']);
  });

  it('that needs extra work is agreed with the customer, then booked again', async () => {
    await happens(order, 'extra-work-needed');
    expect(stage.messages(order)).toContain(`${ITEM}.book.ACTION_REQUIRED-1`);
    const path = `${ORDERS_PATH}/${order}/question`;
    const { body } = await stage.api.request({ role: 'channel', path });
    const [question] = z.array(z.object({ id: z.string(), reason: z.string() })).parse(body);
    expect(question?.reason).toBe('EXTRA_WORK_NEEDED');
    await stage.advance('PT1M');
    const answer = { answer: 'CONFIRM', corrections: { window: 'afternoon' } };
    await stage.api.request({
      role: 'channel',
      method: 'POST',
      path: `${path}/${question?.id}/answer`,
      body: answer,
    });
    await stage.settle();
    expect(stage.effects(order, 'appointment.book').map(({ input }) => input.window)).toEqual([
      undefined,
      'afternoon',
    ]);
    await happens(order, 'done');
    expect((await stage.order(order)).state).toBe('completed');
  });
});

describe('a booked visit', () => {
  const appointment = { name: 'appointmentId', value: 'APT-1234567' };

  it('is moved for nothing in time', async () => {
    const order = await visit('technician-reschedule', appointment);
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'appointment.cancel').map(({ input }) => input.appointmentId)).toEqual([
      'APT-1234567',
    ]);
    expect(stage.steps(order, 'field.dispatch')).toHaveLength(1);
    expect(charges(order)).toEqual([]);
  });

  it('is moved for a fee less than 24 hours before', async () => {
    stage.script({ operation: 'appointment.cancel' }, { kind: 'success', outputs: { lateChange: true } });
    const order = await visit('technician-reschedule', appointment);
    expect((await stage.order(order)).state).toBe('completed');
    expect(charges(order)).toEqual(['LATE_RESCHEDULE']);
  });

  it('is cancelled, and no other one is booked', async () => {
    const order = await visit('technician-reschedule', appointment, { name: 'cancelOnly', value: true });
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'appointment.book')).toEqual([]);
  });
});
