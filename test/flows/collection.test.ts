import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { LIMITS } from '#shared/domain/collection.ts';
import { documentClient } from '#shared/store/client.ts';
import { insertOrder } from '#shared/store/orders.ts';
import { TABLES } from '#shared/store/tables.ts';
import { followOnOrder } from '#shared/tmf622/follow-on.ts';
import { Stage } from '#test/support/stage.ts';

const ITEM = '01';
const DAY = 24 * 3600 * 1000;

let stage: Stage;
let documents: DynamoDBDocumentClient;
let account: string;
let count = 0;

beforeAll(async () => {
  await Stage.renew();
  const { cloud } = (await Stage.open()).platform;
  documents = documentClient(new DynamoDBClient(cloud.clientConfig));
  const { resources } = await cloud.resources();
  const table = resources.find(({ type, name }) => /DynamoDB/.test(type) && /orders/i.test(name));
  vi.stubEnv(TABLES.orders.environment, table?.name);
});

beforeEach(async () => {
  stage = await Stage.open();
  account = `debtor-${++count}`;
});

/** Places an order of collection as the product itself does, and settles. */
async function place(offering: string, characteristics: Readonly<Record<string, unknown>> = {}) {
  const now = new Date(await stage.platform.cloud.now()).toISOString();
  const document = followOnOrder(
    { offering, accountId: account, customerId: 'customer-9', addressId: 'address-9', characteristics },
    `case-of-${account}`,
    now,
  );
  const { order } = await insertOrder(documents, document, { by: 'billing' });
  await stage.settle();
  return order;
}

/** What billing says of the account; answers what became of it. */
async function billingSays(what: string, data: Readonly<Record<string, unknown>> = {}, topic = 'payment') {
  await stage.advance('PT1H');
  const now = await stage.platform.cloud.now();
  const status = await stage.api.send({
    id: `${account}-${what}-${now}`,
    source: '/billing',
    type: `milepost.${topic}.${what}`,
    subject: account,
    time: new Date(now).toISOString(),
    data,
  });
  await stage.settle();
  return status;
}
const pays = () => billingSays('received', { paidAmount: 399 });

const followOnsSchema = z.array(
  z.object({
    id: z.string(),
    productOrderItem: z.array(
      z.object({ action: z.string(), productOffering: z.object({ id: z.string() }) }),
    ),
  }),
);

/** The orders that an order placed: what each of their items does, and the number. */
async function followOns(order: string): Promise<Record<string, string>> {
  await stage.settle();
  const { body } = await stage.api.request({ role: 'channel', path: `${ORDERS_PATH}?externalId=${order}` });
  return Object.fromEntries(
    followOnsSchema
      .parse(body)
      .map(({ id, productOrderItem }) => [
        productOrderItem
          .map(
            ({ action, productOffering }) => `${action === 'add' ? '' : `${action} `}${productOffering.id}`,
          )
          .join(', '),
        id,
      ]),
  );
}

const times = (order: string, operation: string) =>
  stage.effects(order, operation).map(({ at }) => Date.parse(at));

const state = async (order: string) => (await stage.order(order)).state;

describe('a payment', () => {
  it('ends the reminders at once', async () => {
    const ladder = await place('collection-ladder');
    await stage.advance('P16D');
    expect(stage.effects(ladder, 'collection.reminder')).toHaveLength(2);
    expect(await pays()).toBe('applied');
    expect(await state(ladder)).toBe('completed');
    expect(stage.messages(ladder)).toContain(`${ITEM}.wait2.PAYMENT_RECEIVED`);
    expect(await followOns(ladder)).toEqual({});
  });

  it('that comes while no step waits is kept for the next, and one from before the case counts for nothing', async () => {
    expect(await pays()).toBe('kept');
    await stage.advance('PT1H');
    const ladder = await place('collection-ladder');
    stage.script({ operation: 'collection.reminder' }, { kind: 'fail', status: 503, times: 'always' });
    await stage.advance('P6D');
    const { id } = await stage.workItem('COLLECTIONS_DESK', ladder, ITEM);
    expect(await pays()).toBe('kept');
    stage.simulator.reset();
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'Billing is back' });
    expect(await state(ladder)).toBe('completed');
    expect(stage.steps(ladder, 'collection.reminder')).toEqual([`${ITEM}.rem1`]);
  });

  it('of a part neither ends the reminders nor brings the next one sooner', async () => {
    const ladder = await place('collection-ladder');
    await stage.advance('P7D');
    expect(await billingSays('partial')).toBe('applied');
    await stage.advance('P7D');
    expect(stage.steps(ladder, 'collection.reminder')).toHaveLength(1);
    await stage.advance('P2D');
    const [first = 0, second = 0] = times(ladder, 'collection.reminder');
    expect(second - first).toBeGreaterThanOrEqual(LIMITS.daysBetweenReminders * DAY);
    expect(second - first).toBeLessThan((LIMITS.daysBetweenReminders + 1) * DAY);
    await pays();
  });

  it('on the day of barring opens the services again', async () => {
    const suspend = await place('collection-suspend');
    expect(stage.messages(suspend)).toContain(`${ITEM}.bar.SUSPENDED_NONPAYMENT`);
    expect(await pays()).toBe('applied');
    const { 'collection-resume': resume = '', ...others } = await followOns(suspend);
    expect(others).toEqual({});
    expect(await state(resume)).toBe('completed');
    expect(stage.effects(resume, 'service.unbar').map(({ input }) => input.serviceId)).toEqual([account]);
    expect(stage.messages(resume)).toContain(`${ITEM}.open.SERVICE_RESUMED`);
  });
});

describe('an objection', () => {
  const objection = { objection: 'I never ordered this film' };

  async function decide(dispute: string, action: 'complete' | 'reject'): Promise<void> {
    const { id } = await stage.workItem('COLLECTIONS_DESK', dispute, ITEM);
    const body =
      action === 'complete' ? { decision: 'APPROVE', ok: true } : { code: 'DECLINED', note: 'It was played' };
    await stage.act(id, action, body);
  }

  it('stops the reminders at whatever rung they are', async () => {
    const ladder = await place('collection-ladder');
    await stage.advance('P16D');
    const dispute = await place('collection-dispute', objection);
    expect(stage.effects(dispute, 'collection.hold')).toHaveLength(1);
    expect(stage.messages(dispute)).toContain(`${ITEM}.hold.DISPUTE_RECEIVED`);
    expect(await billingSays('disputed')).toBe('applied');
    expect(await state(ladder)).toBe('completed');
    await decide(dispute, 'complete');
    await stage.advance('P11D');
    expect(stage.effects(ladder, 'collection.reminder')).toHaveLength(2);
    expect(await followOns(ladder)).toEqual({});
  });

  it('that is accepted is credited, and opens what was barred', async () => {
    stage.script({ operation: 'balance.check' }, { kind: 'success', outputs: { barred: true } });
    const dispute = await place('collection-dispute', objection);
    await decide(dispute, 'complete');
    expect(await state(dispute)).toBe('completed');
    expect(stage.effects(dispute, 'billing.adjust').map(({ input }) => input.chargeCode)).toEqual([
      'DISPUTE_CREDIT',
    ]);
    expect(stage.steps(dispute, 'service.unbar')).toEqual([`${ITEM}.open`]);
    expect(await followOns(dispute)).toEqual({});
  });

  it('that is rejected lets collection go on, and no reminder is sent a second time', async () => {
    const dispute = await place('collection-dispute', objection);
    await decide(dispute, 'reject');
    expect(stage.effects(dispute, 'billing.adjust')).toEqual([]);
    expect(stage.steps(dispute, 'collection.release')).toEqual([`${ITEM}.release`]);
    const { 'collection-ladder': ladder = '' } = await followOns(dispute);
    stage.script({ operation: 'collection.reminder' }, { kind: 'reject', code: 'ALREADY_SENT' });
    await stage.advance('P16D');
    expect(stage.steps(ladder, 'collection.reminder')).toEqual([`${ITEM}.rem2`]);
    expect(stage.messages(ladder)).not.toContain(`${ITEM}.rem1.REMINDER_1`);
    await pays();
  });
});

describe('a payment plan', () => {
  async function agreed(): Promise<string> {
    const plan = await place('collection-plan');
    const { id } = await stage.workItem('COLLECTIONS_DESK', plan, ITEM);
    await stage.act(id, 'complete', { decision: 'APPROVE', ok: true });
    expect(stage.messages(plan)).toContain(`${ITEM}.fee.PAYMENT_PLAN_AGREED`);
    return plan;
  }
  const instalment = () => billingSays('instalment-paid', {}, 'payment-plan');

  it('that is kept ends when the last instalment is paid', async () => {
    const plan = await agreed();
    for (const _ of [1, 2]) {
      await stage.advance('P5D');
      expect(await instalment()).toBe('applied');
    }
    expect(await state(plan)).toBe('inProgress');
    await stage.advance('P5D');
    expect(await billingSays('completed', { paidAmount: 1200 }, 'payment-plan')).toBe('applied');
    expect(await state(plan)).toBe('completed');
    expect(stage.steps(plan, 'collection.release')).toEqual([`${ITEM}.release`]);
    expect(await followOns(plan)).toEqual({});
  });

  it('that is broken leads back to barring', async () => {
    const plan = await agreed();
    await stage.advance('P5D');
    await instalment();
    await stage.advance('P31D');
    expect(await state(plan)).toBe('completed');
    expect(stage.messages(plan)).toContain(`${ITEM}.instalments.PAYMENT_PLAN_BROKEN`);
    expect(Object.keys(await followOns(plan))).toEqual(['collection-suspend']);
    await pays();
  });
});

describe('when nobody pays', () => {
  it('three reminders are followed by barring, the end of the contract and the agency, each in its time', async () => {
    const ladder = await place('collection-ladder');
    await stage.advance('P36D');
    expect(await state(ladder)).toBe('completed');
    const reminders = stage.effects(ladder, 'collection.reminder');
    expect(reminders.map(({ input }) => [input.level, input.fee])).toEqual([
      [1, 100],
      [2, 100],
      [3, 100],
    ]);
    const sent = times(ladder, 'collection.reminder');
    for (const [index, at] of sent.slice(1).entries())
      expect(at - (sent[index] ?? 0)).toBeGreaterThanOrEqual(LIMITS.daysBetweenReminders * DAY);
    expect(stage.messages(ladder)).toEqual([
      '00.order.ORDER_RECEIVED',
      `${ITEM}.rem1.REMINDER_1`,
      `${ITEM}.rem2.REMINDER_2`,
      `${ITEM}.rem3.REMINDER_3_COLLECTION_NOTICE`,
      `${ITEM}.wait3.SUSPEND_WARNING`,
    ]);

    const { 'collection-suspend': suspend = '' } = await followOns(ladder);
    expect(stage.effects(suspend, 'service.bar').map(({ input }) => input)).toEqual([
      expect.objectContaining({ serviceId: account, barringProfile: 'OUTGOING', emergencyCalls: 'open' }),
    ]);
    await stage.advance('P14D');
    expect(await state(suspend)).toBe('completed');

    const { 'collection-terminate': terminate = '' } = await followOns(suspend);
    expect(stage.messages(terminate)).toContain(`${ITEM}.notice.DISCONNECT_NOTICE`);
    await stage.advance('P14D');
    expect(await state(terminate)).toBe('completed');
    expect(stage.effects(terminate, 'service.bar').map(({ input }) => input)).toEqual([
      expect.objectContaining({ barringProfile: 'FULL', emergencyCalls: 'open' }),
    ]);
    const after = await followOns(terminate);
    expect(Object.keys(after).sort()).toEqual([
      'collection-agency',
      'delete internet-1000, delete fibre-1000',
    ]);

    await stage.api.cancel(after['delete internet-1000, delete fibre-1000'] ?? '');

    const agency = after['collection-agency'] ?? '';
    const [handedOver = 0] = times(agency, 'collection.agency');
    expect(handedOver - (sent[2] ?? 0)).toBeGreaterThanOrEqual(LIMITS.daysAfterNotice * DAY);
    expect(await pays()).toBe('applied');
    expect(await state(agency)).toBe('completed');
    expect(stage.messages(agency)).toEqual([
      '00.order.ORDER_RECEIVED',
      `${ITEM}.fee.AGENCY_TRANSFER`,
      `${ITEM}.result.PAYMENT_RECEIVED`,
    ]);
  }, 180_000);
});

describe('a claim', () => {
  it('goes to an agency only when notice of that was given long enough before; the desk waits, and tries again', async () => {
    const noticeSentAt = new Date((await stage.platform.cloud.now()) - 2 * DAY).toISOString();
    const agency = await place('collection-agency', { noticeSentAt });
    const { id } = await stage.workItem('COLLECTIONS_DESK', agency, ITEM);
    const { failure } = await stage.api.workItem(id);
    expect(failure).toMatchObject({ step: 'noticeOk', error: 'NOTICE_TOO_RECENT' });
    expect(stage.effects(agency, 'collection.agency')).toEqual([]);

    await stage.advance(`P${LIMITS.daysAfterNotice - 1}D`);
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The notice has had its days' });
    expect(stage.effects(agency, 'collection.agency')).toHaveLength(1);
    await pays();
    expect(await state(agency)).toBe('completed');
  });
});

describe('an order that follows', () => {
  it('and that makes no order comes to the order desk, with what is wrong about it', async () => {
    const malformed = { liveProducts: [{ id: '', offering: 'fibre-1000' }] };
    stage.script({ operation: 'inventory.list' }, { kind: 'success', outputs: malformed });
    const terminate = await place('collection-terminate');
    await stage.advance('P15D');
    const { id } = await stage.workItem('ORDER_DESK', terminate, ITEM);
    const { failure } = await stage.api.workItem(id);
    expect(failure).toMatchObject({ step: 'cease', error: 'REFUSED' });
    expect(failure?.cause).toContain('/productOrderItem/0/product/id');
    await stage.act(id, 'resolve', { action: 'COMPLETE_BY_HAND', reason: 'Ended by letter', outputs: {} });
    expect(await state(terminate)).toBe('completed');
  });
});
