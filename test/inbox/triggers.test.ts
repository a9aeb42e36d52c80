import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placeOrder } from '#shared/inbox/place-order.ts';
import { inboxEvent } from '#shared/inbox/receive.ts';
import { TRIGGERS, type Trigger } from '#shared/inbox/triggers.ts';
import { keepEvent } from '#shared/store/inbox.ts';
import { loadDocument } from '#shared/store/orders.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import { followOnOrder } from '#shared/tmf622/follow-on.ts';
import { planOrder } from '#state-machines/planning/plan.ts';
import { startTables, type TestTables } from '../intake/tables.ts';

const NOW = new Date('2026-11-24T08:00:00Z');
const port = { number: '+4520123456', npOrderId: 'NP1', portDate: '2026-12-01', recipient: 'OP1' };
const debtor = { accountId: 'account-1', customerId: 'customer-1' };

/** What is sent, and the flow that it begins. */
const SAMPLES: readonly [type: string, flow: string, data: Readonly<Record<string, unknown>>][] = [
  ['milepost.port.requested', 'voip.port-out', { ...port, numberType: 'fixed' }],
  ['milepost.port.requested', 'mobile.port-out', { ...port, numberType: 'mobile' }],
  ['milepost.port.requested', 'mobile.port-out', { ...port, numberType: 'prepaid' }],
  [
    'milepost.prepaid.expired',
    'mobile-prepaid.expire',
    { installedProductId: 'IP-1', customerId: 'customer-1', expiresAt: '2026-11-24T00:00:00Z' },
  ],
  ['milepost.bill.overdue', 'collection.ladder', { ...debtor, amount: 349.5, dueDate: '2026-11-01' }],
  ['milepost.bill.disputed', 'collection.dispute', { ...debtor, objection: 'I have paid' }],
];

function triggerOf(type: string): Trigger {
  const trigger = TRIGGERS.get(type);
  if (!trigger) throw new Error(`${type} begins nothing`);
  return trigger;
}

describe('what happens outside', () => {
  it.each(SAMPLES)('%s begins %s', (type, flow, data) => {
    const document = followOnOrder(triggerOf(type).order(data), 'event-1', NOW.toISOString());
    const plan = planOrder({ ...orderFacts(document), order: 'O1' });
    expect('refusals' in plan ? plan.refusals : plan.suborders.map((suborder) => suborder.flow)).toEqual([
      flow,
    ]);
    expect(document).toMatchObject({ externalId: 'event-1', category: 'followOn' });
  });

  it('is shown for every type that begins something', () => {
    expect(new Set(SAMPLES.map(([type]) => type))).toEqual(new Set(TRIGGERS.keys()));
  });
});

describe('the order that follows from an event', () => {
  let tables: TestTables;
  beforeAll(async () => {
    tables = await startTables('orders', 'inbox');
  });
  afterAll(() => tables.stop());

  const event = (id: string) => ({
    specversion: '1.0' as const,
    id,
    source: '/billing',
    type: 'milepost.bill.overdue',
    subject: 'INV-1',
    data: { ...debtor, amount: 349.5, dueDate: '2026-11-01' },
  });
  const deps = (documents = tables.client) => ({ documents, now: () => NOW });
  const place = (id: string) => placeOrder(deps(), triggerOf('milepost.bill.overdue'), event(id));

  it('is placed once, and says what it follows from', async () => {
    const { status, order = '' } = await place('one');
    expect(status).toBe('applied');
    expect(await loadDocument(tables.client, order)).toMatchObject({
      externalId: 'one',
      billingAccount: { id: 'account-1' },
      relatedParty: [{ id: 'customer-1' }],
    });
    expect(await place('one')).toEqual({ status: 'duplicate' });
    expect((await place('two')).order).not.toBe(order);
  });

  it('is placed by the second delivery when the first broke off', async () => {
    await keepEvent(deps(), inboxEvent('order', event('broken'), event('broken').data, NOW));
    expect(await place('broken')).toMatchObject({ status: 'applied', order: expect.any(String) });
    expect(await place('broken')).toEqual({ status: 'duplicate' });
  });

  it('is the same for deliveries at once', async () => {
    const placed = await Promise.all([place('twice'), place('twice')]);
    const orders = placed.flatMap(({ order }) => order ?? []);
    expect(new Set(orders).size).toBe(1);
  });
});
