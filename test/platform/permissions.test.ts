import { expect, it } from 'vitest';
import type { Grant } from '#local/admin/admin-model.ts';
import { CANCELLATIONS_PATH, ORDERS_PATH } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

/** Permissions that may stay although what this test plays does not use them, each with its reason. */
const UNUSED: readonly { readonly reason: string; readonly covers: (grant: Grant) => boolean }[] = [
  {
    reason:
      'Lambda, Step Functions and X-Ray write logs and traces themselves; nothing asks the gateway for it',
    covers: ({ action }) => /^(logs|xray):/.test(action),
  },
  {
    reason:
      'A step opens the gates of its milestone; which steps reach one is the author of a flow to say, without touching roles',
    covers: ({ holder, action, resource }) =>
      /-tasks/.test(holder) && action === 'dynamodb:UpdateItem' && resource.includes('Waits'),
  },
  {
    reason: 'Closing and starting an order are steps like any other, so their roles have what every step has',
    covers: ({ holder, action }) => /-tasksorder/.test(holder) && action.startsWith('dynamodb:'),
  },
  {
    reason: 'Where AWS puts what it could not deliver: nothing is undeliverable here',
    covers: ({ action, resource }) =>
      action === 'sqs:SendMessage' && /-(undelivered-events|failed-executions|dead-letters)$/.test(resource),
  },
  {
    reason: 'Fails the task of a message that could not be handled, as no message here',
    covers: ({ holder, action }) => holder.includes('waitsdeadletter') && action === 'states:SendTaskFailure',
  },
  {
    reason: 'Takes a suborder that is changed out of what it waits for; no item here is changed',
    covers: ({ holder, action, resource }) =>
      holder.includes('waitsresume') && action === 'dynamodb:Query' && resource.includes('Waits'),
  },
  {
    reason:
      'Keeps in the history what a step had done whose record a change writes over; no item here is changed',
    covers: ({ holder, action, resource }) =>
      holder.includes('undoclose') && action === 'dynamodb:PutItem' && resource.includes('History'),
  },
  {
    reason: 'Starts a suborder on a date that the customer asked for; no item here names one',
    covers: ({ holder, action }) => holder.includes('waitsresume') && action === 'states:StartExecution',
  },
  {
    reason:
      'Order management itself failing, being cancelled or undone: an incident, no way that an order goes',
    covers: ({ holder, action }) =>
      /ordermanageRole|orderitemhandleRole/.test(holder) && /^(lambda|sqs):/.test(action),
  },
  {
    reason: 'The correspondence desk gets a message that could not be sent although it was tried for days',
    covers: ({ holder, action }) => holder.includes('CorrespondenceRole') && action === 'sqs:SendMessage',
  },
  {
    reason:
      'The return of a unit completed by hand, which frees its labels, after its undo failed as none does here',
    covers: ({ holder, action }) => holder.includes('workitemsresolve') && action === 'dynamodb:DeleteItem',
  },
  {
    reason: 'More than a hundred parked steps are let go on page by page',
    covers: ({ holder, action }) =>
      holder.includes('incidentswitchesrelease') && action === 'sqs:SendMessage',
  },
  {
    reason: 'The indexes of a table are granted together',
    covers: ({ holder, resource }) =>
      holder.includes('cancelproductorderslist') && resource.includes('/index/'),
  },
  {
    reason: 'An order cancelled, or a suborder undone, in the very moment in which it is being started',
    covers: ({ holder, action, resource }) =>
      (holder.includes('cancelproductorderscarryout') && action === 'dynamodb:PutItem') ||
      (holder.includes('undoprepare') && action === 'dynamodb:Query' && resource.includes('Orders')) ||
      (holder.includes('undoclose') && action === 'dynamodb:Query' && resource.includes('Waits')),
  },
  {
    reason: 'The suborder of a step is read once more when others have written it meanwhile',
    covers: ({ holder, action, resource }) =>
      /^Milepost-Tasks-/.test(holder) && action === 'dynamodb:GetItem' && resource.includes('Suborders'),
  },
  {
    reason: 'Finds and puts right what was lost; test/flows/sweeper.test.ts loses it',
    covers: ({ holder }) => /sweepersweep|sweeper_sweep/.test(holder),
  },
  {
    reason: 'Has delivered once more what was given up; test/flows/undelivered.test.ts has all of it used',
    covers: ({ holder }) => /undeliveredredeliver|undelivered_redeliver/.test(holder),
  },
  {
    reason: 'Repairs many steps at once, which test/flows/bulk-repair.test.ts does',
    covers: ({ holder }) => /BulkRepair|bulkrepairs|bulk-repairs/.test(holder),
  },
  {
    reason:
      'A task that only undoes here also does its work forwards in other flows, and then records its step',
    covers: ({ holder, action }) => /^Milepost-Tasks-/.test(holder) && action === 'dynamodb:PutItem',
  },
  {
    reason:
      'A customer who does not answer is called, which the history says; test/flows has one who does not',
    covers: ({ holder, resource }) =>
      /waitsresume|workitemsopen/.test(holder) && /WorkItems|History/.test(resource),
  },
  {
    reason: 'What a bulk repair has tried again, and what fails again, counts for it',
    covers: ({ holder, resource }) =>
      /repairroute|workitemsopen|workitemslist|workitemsresolve/.test(holder) &&
      /Bulk|WorkItems/.test(resource),
  },
  {
    reason: 'All of an order stops when one of its items fails, where the order says so',
    covers: ({ holder, resource }) => holder.includes('workitemsresolve') && resource.includes('Orders'),
  },
  {
    reason:
      'The catalogue, questions to customers and the history of an order are asked for by tests of their own',
    covers: ({ holder }) => /productofferings|product-offerings|questions|answer|history/.test(holder),
  },
  {
    reason:
      'An event that begins an order, as test/flows/porting.test.ts sends it; nobody may be named in such an order',
    covers: ({ holder, resource }) =>
      (holder.includes('inboundevents') && resource.includes('Orders')) ||
      (holder.includes('correspondence') && resource.includes('Suborders')),
  },
  {
    reason:
      'A message that could not be sent is a notice on a desk, and stands in the history; all are sent here',
    covers: ({ holder, resource }) => holder.includes('workitemsopen') && resource.includes('History'),
  },
  {
    reason: 'Repairs many work items, which test/flows/bulk-repair.test.ts does',
    covers: ({ holder, resource }) =>
      /bulkrepair/i.test(holder) || (holder.includes('repairroute') && resource.includes('BulkRepairs')),
  },
  {
    reason: 'Asks customers and takes in what they answer, which test/flows/questions.test.ts does',
    covers: ({ holder, action, resource }) =>
      /productordersquestions|productordersanswer/.test(holder) ||
      (holder.includes('waitsresume') && /WorkItems|History/.test(resource)) ||
      (holder.includes('workitemsresolve') &&
        action === 'dynamodb:UpdateItem' &&
        resource.includes('Orders')),
  },
  {
    reason: 'Changes orders that are under way, which test/flows/amendment.test.ts does',
    covers: ({ holder }) => /productordersamend|product-orders_amend/.test(holder),
  },
  {
    reason: 'Puts work of late orders first; no order here is late',
    covers: ({ holder, resource }) => holder.includes('timingassess') && resource.includes('WorkItems'),
  },
  {
    reason: 'Two people or deliveries in the same instant: whoever was slower looks again',
    covers: ({ holder, action, resource }) =>
      /repairroute|workitemsopen|undoprepare|waitspark/.test(holder) &&
      /dynamodb:(GetItem|PutItem|UpdateItem)/.test(action) &&
      /Waits|WorkItems|Suborders/.test(resource),
  },
];

/**
 * Tasks and flows of products that are not played here. A connector may do what every connector may, and a flow may call
 * what its definition names, so those that are played stand for the others.
 */
const isOfAnotherProduct =
  (busy: ReadonlySet<string>) =>
  ({ holder }: Grant) =>
    /^Milepost-(Tasks|Flows)-|-tasks(?!order)/.test(holder) && !busy.has(holder);

const characteristic = (name: string, value: unknown) => ({ name, value });
const customer = { id: 'customer-7', role: 'customer', '@referredType': 'Individual' };
const item = (id: string, offering: string, ...characteristics: object[]) => ({
  id,
  action: 'add',
  productOffering: { id: offering },
  product: { productCharacteristic: characteristics },
});
const PLACE = [{ id: 'addr-dk-4711', role: 'installationAddress', '@referredType': 'GeographicAddress' }];
const CONSENT = [{ id: 'early-start', '@referredType': 'Consent' }];

/** One of each product, the line installed by the customer and the router paid beforehand. */
const EVERYTHING = {
  relatedParty: [customer],
  billingAccount: { id: 'account-7', '@referredType': 'BillingAccount' },
  agreement: CONSENT,
  place: PLACE,
  productOrderItem: [
    item('1', 'fibre-1000', characteristic('selfInstall', true)),
    item('2', 'internet-1000'),
    item('3', 'router-wifi7', characteristic('upFront', true)),
    item('4', 'set-top-box-4k'),
    item('5', 'iptv-basic'),
    item('6', 'voip-home'),
    item('7', 'mobile-postpaid-20gb'),
  ],
};
const LINE = {
  ...EVERYTHING,
  externalId: 'portal-line',
  productOrderItem: [item('1', 'fibre-1000', characteristic('selfInstall', false))],
};

/** Sold at a distance without consent to start early: nothing happens for fourteen days. */
const LATER = {
  relatedParty: [customer],
  category: 'residential',
  channel: [{ id: 'portal', role: 'distanceSale' }],
  productOrderItem: [item('1', 'mobile-postpaid-20gb')],
};

/** A permission as a reader of a failure finds it in `infra/functions.ts`. */
const told = ({ holder, action, resource }: Grant): string => `${holder}: ${action} on ${resource}`;

/** All seven items up to their last step, which fails; then each is cancelled and everything undone. */
async function undoEverything(stage: Stage): Promise<void> {
  stage.script({ operation: 'asset.unlock' }, { kind: 'reject', code: 'NOT_LOCKED', times: 7 });
  const trackingId = '00370730000EARLY';
  stage.script(
    { operation: 'logistics.ship', key: '-04-ship' },
    { kind: 'success', outputs: { trackingId } },
  );
  const order = await stage.submit(EVERYTHING);
  const now = new Date(await stage.platform.cloud.now()).toISOString();
  const early = { id: 'early', source: '/carrier', type: 'milepost.delivery.delivered', subject: trackingId };
  expect(await stage.api.send({ ...early, time: now, data: { deliveredAt: now } })).toBe('kept');
  for (const suborder of ['01', '03', '04']) await stage.pick(order, suborder);
  for (const suborder of ['01', '03']) await stage.deliver(order, suborder);
  const failed = await stage.desk('ORDER_DESK', order);
  expect(failed.map(({ suborder }) => suborder).sort()).toEqual(['01', '02', '03', '04', '05', '06', '07']);
  for (const { id } of failed) {
    await stage.api.act(id, 'resolve', { action: 'CANCEL_ITEM', reason: 'The customer changed their mind' });
  }
  await stage.settle();
  await stage.advance('PT1H');
  for (const { id } of await stage.desk('LOGISTICS_RETURNS', order)) {
    const { form = [] } = await stage.api.workItem(id);
    const serialNumber = form.find((field) => field.id === 'serialNumber')?.example;
    await stage.act(id, 'complete', { serialNumber, ok: true }, 'logistics');
  }
  await stage.advance('PT1H');
  const { state, productOrderItem } = await stage.order(order);
  expect([state, ...productOrderItem.map((one) => one.state)]).toEqual(Array(8).fill('cancelled'));
}

/** A line whose unit is rejected, picked, installed by a technician, repaired by hand, cancelled after the visit. */
async function cancelLine(stage: Stage): Promise<void> {
  const { api } = stage;
  stage.script({ operation: 'access.activate' }, { kind: 'reject', code: 'PORT_FAULTY', times: 2 });
  const headers = { 'idempotency-key': 'permissions-1' };
  const { id: order } = await api.submit(LINE, headers);
  expect((await api.submit(LINE, headers)).id).toBe(order);
  const { id } = await stage.workItem('LOGISTICS_PICK', order, '01');
  await stage.act(id, 'claim', undefined, 'ops');
  await stage.act(id, 'release', undefined, 'ops');
  await stage.act(id, 'reject', { code: 'ITEM_DAMAGED' }, 'logistics');
  const damaged = await stage.workItem('LOGISTICS_BACKORDER', order, '01');
  await stage.act(damaged.id, 'resolve', { action: 'REASSIGN', desk: 'SUPERVISOR', reason: 'Whose is it?' });
  const outputs = { serialNumber: 'MPXG00000042' };
  await stage.act(damaged.id, 'resolve', { action: 'COMPLETE_BY_HAND', outputs, reason: 'Another one' });
  await stage.visit(order, '01');
  const faulty = await stage.workItem('NETWORK_ENGINEERING', order, '01');
  await stage.act(faulty.id, 'resolve', {
    action: 'CORRECT_AND_RETRY',
    corrections: { ontSerial: 'MPXG00000007' },
    reason: 'Try again',
  });
  const again = await stage.workItem('NETWORK_ENGINEERING', order, '01');
  await stage.act(again.id, 'resolve', { action: 'CANCEL_ITEM', reason: 'The line cannot be repaired' });
  await stage.advance('PT1H');
  const { id: back } = await stage.workItem('LOGISTICS_RETURNS', order, '01');
  const { form = [] } = await api.workItem(back);
  const serialNumber = form.find((field) => field.id === 'serialNumber')?.example;
  await stage.act(back, 'complete', { serialNumber, ok: true }, 'logistics');
  await stage.advance('PT1H');
  expect((await stage.order(order)).state).toBe('cancelled');
  expect((await stage.api.history(order)).entries).not.toEqual([]);
}

/** An item cancelled while its order waits to be divided, then the whole order while its units are picked. */
async function cancelByRequest(stage: Stage): Promise<void> {
  const { productOrderItem } = EVERYTHING;
  const order = await stage.submit({ ...EVERYTHING, ...LATER, agreement: [], productOrderItem });
  await stage.api.cancel(order, ['7']);
  await stage.advance('P15D');
  const { id } = await stage.api.cancel(order);
  await stage.advance('PT1H');
  expect((await stage.api.cancellation(id)).state).toBe('done');
  const { productOrderItem: cancelled } = await stage.order(order);
  expect(cancelled.map(({ state }) => state)).toEqual(Array(7).fill('cancelled'));
  for (const filter of [`?productOrder.id=${order}`, '?state=done', '']) {
    const { status } = await stage.api.request({ role: 'channel', path: `${CANCELLATIONS_PATH}${filter}` });
    expect(status).toBe(200);
  }
}

/** A suspended order with a wait of its own, and a system that is down for a while. */
async function holdBack(stage: Stage): Promise<void> {
  const post = (path: string, body?: unknown) =>
    stage.api.request({ role: 'ops', method: 'POST', path, ...(body !== undefined && { body }) });
  await post('/incident-switches', { kind: 'system', name: 'hss-ocs', reason: 'It is down' });
  await stage.api.request({ role: 'ops', path: '/incident-switches' });
  const order = await stage.submit({ ...LATER, channel: [] });
  await post('/incident-switches/system:hss-ocs/off');
  await stage.advance('PT1M');
  expect((await stage.order(order)).state).toBe('completed');
  const waiting = await stage.submit(LATER);
  await post(`${ORDERS_PATH}/${waiting}/suspend`, { reason: 'Fraud is looked into' });
  await post(`${ORDERS_PATH}/${waiting}/resume`);
}

async function waitToStart(stage: Stage): Promise<void> {
  const order = await stage.submit(LATER);
  await stage.advance('P15D');
  expect((await stage.order(order)).state).toBe('completed');
}

it('has no permission that nothing uses, and none is left without a reason', async () => {
  const stage = await Stage.open();
  await undoEverything(stage);
  await cancelLine(stage);
  await cancelByRequest(stage);
  await holdBack(stage);
  await waitToStart(stage);
  for (const filter of ['', '?state=cancelled', '?externalId=portal-line', '?relatedParty.id=customer-7']) {
    const { status } = await stage.api.request({ role: 'channel', path: `${ORDERS_PATH}${filter}` });
    expect(status).toBe(200);
  }
  const grants = await stage.platform.cloud.permissions();
  const busy = new Set(grants.filter(({ used }) => used).map(({ holder }) => holder));
  const elsewhere = isOfAnotherProduct(busy);
  const unused = grants.filter((grant) => !grant.used && !elsewhere(grant));
  expect(unused.filter((grant) => !UNUSED.some(({ covers }) => covers(grant))).map(told)).toEqual([]);
  // A reason for permissions that are gone is gone too.
  expect(UNUSED.filter(({ covers }) => !grants.some(covers)).map(({ reason }) => reason)).toEqual([]);
}, 240_000);
