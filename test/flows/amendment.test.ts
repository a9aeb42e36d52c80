import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { Stage } from '#test/support/stage.ts';

const DAY = 24 * 3600 * 1000;
const HOUR = 3600 * 1000;
const customer = { id: 'customer-1', role: 'customer', '@referredType': 'Individual' };
const item = (id: string) => ({ id, action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } });
const MOBILES = {
  relatedParty: [customer],
  place: [{ id: 'addr-77', role: 'installationAddress' }],
  productOrderItem: [item('1'), item('2')],
};

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

const inDays = async (days: number) =>
  new Date((await stage.platform.cloud.now()) + days * DAY).toISOString();
const patch = (order: string, body: unknown) => stage.patch(order, body);
/** An order of some items of the reference order, and those items by their id. */
async function submitted(...ids: readonly string[]) {
  const { productOrderItem, ...reference } = referenceOrder();
  const of = (id: string) => productOrderItem.find((one) => one.id === id);
  const order = await stage.submit({ ...reference, productOrderItem: ids.map(of) });
  return { order, of };
}
/** The same with its fibre and router installed by the technician. */
async function installed(...ids: readonly string[]) {
  const made = await submitted(...ids);
  for (const suborder of ['01', '03']) await stage.pick(made.order, suborder);
  await stage.visit(made.order, '01');
  await stage.advance('PT1H');
  return made;
}
const historySchema = z.object({ entries: z.array(z.looseObject({ what: z.string() })) });
/** What the history of an order says of its changes. */
async function amendments(order: string) {
  const { body } = await stage.api.request({
    role: 'ops',
    path: `${ORDERS_PATH}/${order}/history?limit=100`,
  });
  return historySchema.parse(body).entries.filter(({ what }) => what === 'AMEND');
}
const provisioned = (order: string) => stage.steps(order, 'mobile.provision');

describe('a change of an order that waits for its date', () => {
  it('moves the date on and back, and tells the customer each time', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(10) });
    const later = await inDays(20);
    const moved = await patch(order, { requestedStartDate: later, description: 'After the move' });
    expect(moved).toMatchObject({
      status: 200,
      body: { requestedStartDate: later, description: 'After the move', state: 'inProgress' },
    });
    await stage.advance('P11D');
    expect(provisioned(order)).toEqual([]);

    const sooner = await inDays(2);
    expect((await patch(order, { requestedStartDate: sooner })).status).toBe(200);
    await stage.platform.advanceTo(Date.parse(sooner) - HOUR);
    expect(provisioned(order)).toEqual([]);
    await stage.platform.advanceTo(Date.parse(sooner) + HOUR);
    expect(provisioned(order).toSorted()).toEqual(['01.provision', '02.provision']);
    const told = stage.messages(order).filter((message) => message.includes('ORDER_AMENDED'));
    expect(told).toHaveLength(2);
    expect(await amendments(order)).toHaveLength(2);
  });

  it('starts it at once when the date is taken away', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(10) });
    expect((await patch(order, { requestedStartDate: null })).body).not.toHaveProperty('requestedStartDate');
    await stage.advance('PT2M');
    expect(provisioned(order)).toHaveLength(2);
  });

  it('cancels the items that are left out, and goes on with the others', async () => {
    const start = await inDays(5);
    const order = await stage.submit({ ...MOBILES, requestedStartDate: start });
    const { productOrderItem } = await stage.order(order);
    const kept = productOrderItem.filter(({ id }) => id === '2');
    expect((await patch(order, { productOrderItem: kept })).status).toBe(200);
    expect((await stage.item(order, '1')).state).toBe('cancelled');
    await stage.platform.advanceTo(Date.parse(start) + HOUR);
    expect(provisioned(order)).toEqual(['02.provision']);
  });
});

const referenceOrder = () =>
  z.looseObject({ productOrderItem: z.array(z.looseObject({ id: z.string() })) }).parse(readReferenceOrder());
const physicalSim = (id: string) => ({
  ...item(id),
  product: { productCharacteristic: [{ name: 'simType', value: 'physical' }] },
});

describe('items that are added', () => {
  const started = (order: string) =>
    [...new Set(stage.effects(order).map(({ step = '' }) => step.slice(0, 2)))].sort();

  it('are begun at once, and the order is complete when they are, however often that is sent', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1')] });
    const items = [physicalSim('1'), item('2'), physicalSim('3')];
    const answer = await patch(order, { productOrderItem: items });
    expect(answer).toMatchObject({ status: 200, body: { state: 'inProgress' } });
    expect((await stage.item(order, '2')).state).toBe('completed');
    const effects = stage.effects(order);
    expect(started(order)).toEqual(['00', '01', '02', '03']);

    expect((await patch(order, { productOrderItem: items })).status).toBe(200);
    expect(stage.effects(order)).toEqual(effects);
    expect(await amendments(order)).toMatchObject([{ details: { added: ['2', '3'] } }]);

    await stage.pick(order, '01');
    await stage.deliver(order, '01');
    expect((await stage.item(order, '1')).state).toBe('completed');
    expect((await stage.order(order)).state).toBe('inProgress');
    await stage.pick(order, '03');
    await stage.deliver(order, '03');
    expect((await stage.order(order)).state).toBe('completed');
    expect((await patch(order, { productOrderItem: [...items, item('4')] })).status).toBe(422);
  });

  it('wait for what others have still to reach, and others for them; what is reached counts as open', async () => {
    const { productOrderItem, ...reference } = referenceOrder();
    const of = (...ids: string[]) => productOrderItem.filter(({ id }) => ids.includes(id));
    const television = of('5').map((tv) => ({ ...tv, productOrderItemRelationship: [] }));
    const first = [...of('1', '2', '3'), ...television];
    const order = await stage.submit({ ...reference, productOrderItem: first });
    expect(await stage.milestones(order, '1')).toContain('LINE_DATE_CONFIRMED');
    const added = await patch(order, { productOrderItem: [...first, ...of('4', '6')] });
    expect(added.status).toBe(200);
    // The date of the line is known: the box is picked. The line does not work: the telephone waits.
    await stage.advance('PT1H');
    expect(stage.steps(order, 'number.reserve')).toEqual(['06.number']);
    expect(stage.steps(order, 'voip.provision')).toEqual([]);

    for (const suborder of ['01', '03']) await stage.pick(order, suborder);
    await stage.deliver(order, '03');
    await stage.visit(order, '01');
    await stage.advance('PT1H');
    expect(await stage.milestones(order, '2')).toContain('INTERNET_ACTIVE');
    expect(stage.steps(order, 'voip.provision')).toEqual(['06.provision']);
    // Television was ordered without a box, and waits for the one that was added.
    expect(stage.steps(order, 'tv.provision')).toEqual([]);
    await stage.pick(order, '05');
    expect(stage.steps(order, 'tv.provision')).toEqual(['04.tv']);
  });

  it('are checked as those of a new order, with the place of each field in the request', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1')] });
    const before = await stage.order(order);
    const added = [
      { ...item('2'), productOffering: { id: 'mobile-none' } },
      { id: '2', productOffering: { id: 'mobile-postpaid-20gb' } },
      { ...item('2'), productOrderItemRelationship: [{ id: '9', relationshipType: 'reliesOn' }] },
    ];
    const answers = [];
    for (const one of added) answers.push(await patch(order, { productOrderItem: [one, physicalSim('1')] }));
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    expect(answers.map(({ body }) => body)).toMatchObject([
      { pointer: '/productOrderItem/0/productOffering/id' },
      { pointer: '/productOrderItem/0/action' },
      { pointer: '/productOrderItem/0/productOrderItemRelationship/0/id' },
    ]);
    expect(await stage.order(order)).toEqual(before);
  });
});

describe('an item that is changed', () => {
  const larger = (sim: ReturnType<typeof item>) => ({
    ...sim,
    productOffering: { id: 'mobile-postpaid-100gb' },
  });
  /** What systems did for a suborder, but for messages. */
  const did = (order: string, suborder: string) =>
    stage
      .effects(order)
      .filter(({ step, operation }) => step?.startsWith(`${suborder}.`) && operation !== 'message.send')
      .map(({ step }) => step?.slice(suborder.length + 1));
  const BEFORE = ['lock', 'number', 'sim', 'provision', 'ship'];
  const AGAIN = ['provision.undo', 'provision'];

  it('is undone back to the first step that is affected, and done again; what comes before stays done', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1'), item('2')] });
    await stage.pick(order, '01');
    expect(did(order, '01').toSorted()).toEqual(BEFORE.toSorted());
    const items = [larger(physicalSim('1')), item('2')];
    expect(await patch(order, { productOrderItem: items })).toMatchObject({
      status: 200,
      body: {
        state: 'inProgress',
        productOrderItem: [{ productOffering: { id: 'mobile-postpaid-100gb' } }, {}],
      },
    });
    await stage.advance('PT1H');
    expect(did(order, '01').slice(BEFORE.length)).toEqual(AGAIN);
    const plans = stage.effects(order, 'mobile.provision').filter(({ step }) => step === '01.provision');
    expect(plans.map(({ input }) => input.plan)).toEqual(['POSTPAID-20GB', 'POSTPAID-100GB']);
    expect((await patch(order, { productOrderItem: items })).status).toBe(200);
    expect(did(order, '01').slice(BEFORE.length)).toEqual(AGAIN);
    expect(await amendments(order)).toMatchObject([{ details: { changed: ['1'] } }]);

    // What was complete is not changed any more.
    const late = await patch(order, { productOrderItem: [items[0], larger(item('2'))] });
    expect(late).toMatchObject({ status: 422, body: { message: 'Item 2 has ended, or is about to' } });
    await stage.deliver(order, '01');
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  });

  it('has undone what a system did whose every answer was lost, and asked for anew as it is wanted now', async () => {
    stage.script({ operation: 'mobile.provision' }, { kind: 'lost', times: 7 });
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1')] });
    await stage.pick(order, '01');
    await stage.advance('PT1H');
    expect(await stage.desk('MOBILE_OPS', order)).toHaveLength(1);
    expect((await patch(order, { productOrderItem: [larger(physicalSim('1'))] })).status).toBe(200);
    await stage.advance('PT1H');
    expect(await stage.desk('MOBILE_OPS', order)).toEqual([]);
    expect(did(order, '01').filter((step) => step?.startsWith('provision'))).toEqual(['provision', ...AGAIN]);
    const plans = stage.effects(order, 'mobile.provision').filter(({ step }) => step === '01.provision');
    expect(plans.map(({ input }) => input.plan)).toEqual(['POSTPAID-20GB', 'POSTPAID-100GB']);
    await stage.deliver(order, '01');
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  });

  it('leaves what runs side by side, comes back from the customer, and is sent anew', async () => {
    const box = (offering: string) => ({ ...item('1'), productOffering: { id: offering } });
    const order = await stage.submit({ ...MOBILES, productOrderItem: [box('set-top-box-4k')] });
    await stage.pick(order, '01');
    expect(did(order, '01').toSorted()).toEqual(['lock', 'provision', 'reserve', 'ship']);
    expect((await patch(order, { productOrderItem: [box('set-top-box-hd')] })).status).toBe(200);
    await stage.advance('PT1H');
    expect(did(order, '01').slice(4).toSorted()).toEqual(['provision.undo', 'ship.undo']);
    const { id } = await stage.workItem('LOGISTICS_RETURNS', order, '01');
    const { form = [] } = await stage.api.workItem(id);
    const serialNumber = form.find((field) => field.id === 'serialNumber')?.example;
    await stage.act(id, 'complete', { serialNumber, ok: true }, 'logistics');
    await stage.advance('PT1H');
    expect(await amendments(order)).toMatchObject([
      { details: { changed: ['1'], charges: [{ item: '1', step: 'ship' }] } },
    ]);
    expect(stage.messages(order)).toContainEqual(expect.stringMatching(/AMENDMENT_CHARGED$/));
    await stage.pick(order, '01', { serialNumber: 'SHD000054321' });
    await stage.deliver(order, '01');
    await stage.advance('PT1H');
    expect((await stage.order(order)).state).toBe('completed');
    expect(did(order, '01').filter((step) => step === 'reserve' || step === 'ship')).toHaveLength(4);
    // The customer is told of each parcel.
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });

  it('keeps what comes from outside meanwhile, and other changes away, until that is done', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1')] });
    await stage.pick(order, '01');
    stage.script({ operation: 'mobile.deprovision' }, { kind: 'reject', code: 'UNDO_FAILED' });
    await patch(order, { productOrderItem: [larger(physicalSim('1'))] });
    await stage.advance('PT1M');
    const [undo] = await stage.desk('ACTIVATION_FALLOUT', order);
    expect(undo).toMatchObject({ suborder: '01', step: 'provision' });

    expect(await patch(order, { description: 'Second thoughts' })).toMatchObject({
      status: 409,
      body: { message: 'Item 1 is being changed: send this change when that is done' },
    });
    expect(await stage.deliver(order, '01')).toBe('kept');
    expect((await stage.item(order, '1')).state).toBe('inProgress');
    await stage.act(String(undo?.id), 'resolve', { action: 'RETRY', reason: 'It works again' });
    await stage.advance('PT1H');
    expect(did(order, '01').slice(BEFORE.length, BEFORE.length + 2)).toEqual(AGAIN);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('can be cancelled while it is changed: each step is undone once', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [physicalSim('1')] });
    await stage.pick(order, '01');
    stage.script({ operation: 'mobile.deprovision' }, { kind: 'reject', code: 'UNDO_FAILED' });
    await patch(order, { productOrderItem: [larger(physicalSim('1'))] });
    await stage.advance('PT1M');
    const { id } = await stage.api.cancel(order);
    await stage.settle();
    const [undo] = await stage.desk('ACTIVATION_FALLOUT', order);
    await stage.act(String(undo?.id), 'resolve', { action: 'RETRY', reason: 'It works again' });
    await stage.advance('PT1H');
    const [card] = await stage.desk('LOGISTICS_RETURNS', order);
    expect(card).toMatchObject({ suborder: '01', step: 'pick' });
    expect(did(order, '01').filter((step) => step?.endsWith('.undo'))).toEqual([
      'provision.undo',
      'ship.undo',
    ]);
    expect(await stage.api.cancellation(id)).toMatchObject({ state: 'inProgress' });
    expect(stage.simulator.doubleEffects().undoneTwice).toEqual([]);
  });

  it('that has not come so far knows it from now on; work at a desk that is affected comes again', async () => {
    const { order, of } = await submitted('1', '2', '3', '6');
    const before = await stage.workItem('LOGISTICS_PICK', order, '03');
    const router = { ...of('3'), productOffering: { id: 'router-wifi6' } };
    const line = { ...of('2'), productOffering: { id: 'internet-500' } };
    const answer = await patch(order, { productOrderItem: [of('1'), line, router, of('6')] });
    expect(answer.status).toBe(200);
    await stage.advance('PT1H');
    expect(did(order, '03')).toEqual(['lock', 'reserve', 'reserve.undo', 'reserve']);
    const after = await stage.workItem('LOGISTICS_PICK', order, '03');
    expect(after.id).not.toBe(before.id);
    expect((await stage.api.workItem(before.id, 'logistics')).state).toBe('closed');

    for (const suborder of ['01', '03']) await stage.pick(order, suborder);
    await stage.visit(order, '01');
    await stage.advance('PT1H');
    const [provision] = stage.effects(order, 'internet.provision');
    expect(provision?.input).toMatchObject({ profile: 'INTERNET-500' });

    await stage.deliver(order, '03');
    await stage.advance('PT1H');
    expect((await stage.order(order)).state).toBe('completed');
  });
});

describe('another place or billing account', () => {
  const line = { ...item('1'), productOffering: { id: 'fibre-1000' } };
  const place = [{ id: 'addr-78', role: 'installationAddress' }];
  const addresses = (order: string, operation: string) =>
    stage.effects(order, operation).map(({ input }) => input.addressId);

  it('is undone back to the first step that uses it, and known to what comes later', async () => {
    const order = await stage.submit({ ...MOBILES, productOrderItem: [line, physicalSim('2')] });
    expect(addresses(order, 'resource.assign')).toEqual(['addr-77']);
    const answer = await patch(order, { place, billingAccount: { id: 'account-2' } });
    expect(answer).toMatchObject({ status: 200, body: { place, billingAccount: { id: 'account-2' } } });
    await stage.advance('PT1H');
    expect(addresses(order, 'serviceability.check')).toEqual(['addr-77', 'addr-78']);
    expect(stage.steps(order, 'resource.release')).toEqual(['01.assign.undo']);
    expect(addresses(order, 'resource.assign')).toEqual(['addr-77', 'addr-78']);

    await stage.pick(order, '02');
    expect(addresses(order, 'logistics.ship')).toEqual(['addr-78']);
    expect(stage.steps(order, 'number.reserve')).toEqual(['02.number']);
    await stage.deliver(order, '02');
    const [bill] = stage.effects(order, 'billing.start');
    expect(bill).toMatchObject({ step: '02.bill', input: { accountId: 'account-2' } });
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });

  it('may stand at its items, and is one for all of them', async () => {
    const at = (id: string) => ({ place: [{ id, role: 'installationAddress' }] });
    const sims = (first: string, second: string) => [
      { ...physicalSim('1'), product: { ...physicalSim('1').product, ...at(first) } },
      { ...physicalSim('2'), product: { ...physicalSim('2').product, ...at(second) } },
    ];
    const order = await stage.submit({ ...MOBILES, place: [], productOrderItem: sims('a-1', 'a-1') });
    expect((await patch(order, { productOrderItem: sims('a-1', 'a-2') })).status).toBe(400);
    expect((await patch(order, { place: [{ id: 'a-2' }] })).status).toBe(400);
    expect((await patch(order, { productOrderItem: sims('a-2', 'a-2') })).status).toBe(200);
    await stage.pick(order, '01');
    expect(addresses(order, 'logistics.ship')).toEqual(['a-2']);
  });
});

describe('everything in one change', () => {
  it('is made together: items are changed that have come to it and that have not, one is added, and one removed', async () => {
    const { productOrderItem, ...reference } = referenceOrder();
    const of = (id: string) => productOrderItem.find((one) => one.id === id);
    const mobiles = [physicalSim('8'), physicalSim('9')];
    const order = await stage.submit({
      ...reference,
      productOrderItem: [of('1'), of('2'), of('3'), ...mobiles],
    });
    for (const suborder of ['03', '04']) await stage.pick(order, suborder);
    await stage.deliver(order, '03');
    const line = { ...of('2'), productOffering: { id: 'internet-500' } };
    const larger = { ...physicalSim('8'), productOffering: { id: 'mobile-postpaid-100gb' } };
    const items = [of('1'), line, of('3'), larger, of('6')];
    const answer = await patch(order, { productOrderItem: items, description: 'All at once' });
    expect(answer).toMatchObject({ status: 200, body: { description: 'All at once' } });
    await stage.advance('PT1H');
    expect(await amendments(order)).toMatchObject([
      { details: { added: ['6'], changed: ['2', '8'], removed: ['9'] } },
    ]);
    const plans = stage.effects(order, 'mobile.provision').filter(({ step }) => step === '04.provision');
    expect(plans.map(({ input }) => input.plan)).toEqual(['POSTPAID-20GB', 'POSTPAID-100GB']);
    expect((await stage.item(order, '9')).state).toBe('cancelled');
    expect(stage.steps(order, 'number.reserve')).toContain('06.number');
    // The line does not work yet: the telephone that was added waits for it.
    expect(stage.steps(order, 'voip.provision')).toEqual([]);

    await stage.pick(order, '01');
    await stage.visit(order, '01');
    await stage.deliver(order, '04');
    await stage.advance('PT1H');
    const [provision] = stage.effects(order, 'internet.provision');
    expect(provision?.input).toMatchObject({ profile: 'INTERNET-500' });
    expect(stage.steps(order, 'voip.provision')).toEqual(['06.provision']);
    expect((await stage.order(order)).state).toBe('partial');
    expect(stage.simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  });

  it('changes what an item has gone on from that the same change removes', async () => {
    const { order, of } = await installed('1', '2', '3', '6');
    expect(stage.steps(order, 'voip.provision')).toEqual(['04.provision']);
    const line = { ...of('2'), productOffering: { id: 'internet-500' } };
    const answer = await patch(order, { productOrderItem: [of('1'), line, of('3')] });
    expect(answer).toMatchObject({ status: 200, body: { id: order } });
    await stage.advance('PT1H');
    const plans = stage.effects(order, 'internet.provision').map(({ input }) => input.profile);
    expect(plans).toEqual(['INTERNET-1000', 'INTERNET-500']);
    expect((await stage.item(order, '6')).state).toBe('cancelled');
    expect(stage.simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  });

  it('has what is added wait for what the change takes back', async () => {
    const { order, of } = await installed('1', '2', '3');
    expect(await stage.milestones(order, '2')).toContain('INTERNET_ACTIVE');
    stage.script({ operation: 'internet.deprovision' }, { kind: 'reject', code: 'UNDO_FAILED' });
    const line = { ...of('2'), productOffering: { id: 'internet-500' } };
    const answer = await patch(order, { productOrderItem: [of('1'), line, of('3'), of('6')] });
    expect(answer.body).toMatchObject({ id: order });
    await stage.advance('PT1H');
    expect(stage.steps(order, 'number.reserve')).toEqual(['04.number']);
    expect(stage.steps(order, 'voip.provision')).toEqual([]);
    const [undo] = await stage.desk('ACTIVATION_FALLOUT', order);
    await stage.act(String(undo?.id), 'resolve', { action: 'RETRY', reason: 'It works again' });
    await stage.advance('PT1H');
    const done = stage.effects(order).map(({ step }) => step);
    expect(stage.steps(order, 'internet.provision')).toHaveLength(2);
    expect(done.lastIndexOf('02.provision')).toBeLessThan(done.indexOf('04.provision'));
  });
});

describe('a change of what another item has gone on from', () => {
  it('has that item go back too, and wait for it again', async () => {
    const { order, of } = await installed('1', '2', '3', '6');
    expect(stage.steps(order, 'voip.provision')).toEqual(['04.provision']);
    const before = stage.effects(order).length;
    const line = { ...of('2'), productOffering: { id: 'internet-500' } };
    const answer = await patch(order, { productOrderItem: [of('1'), line, of('3'), of('6')] });
    expect(answer).toMatchObject({ status: 200, body: { id: order } });
    await stage.advance('PT1H');
    const after = stage
      .effects(order)
      .slice(before)
      .map(({ step }) => step);
    expect(after).toContain('04.provision.undo');
    expect(after.indexOf('02.provision')).toBeGreaterThan(after.indexOf('02.provision.undo'));
    expect(after.indexOf('04.provision')).toBeGreaterThan(after.indexOf('02.provision'));
    expect(stage.steps(order, 'number.reserve')).toEqual(['04.number']);

    await stage.deliver(order, '03');
    await stage.advance('PT1H');
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });

  it('is as well when the place changes, of all that is there', async () => {
    const { productOrderItem, ...reference } = referenceOrder();
    const of = (...ids: string[]) => productOrderItem.filter(({ id }) => ids.includes(id));
    const order = await stage.submit({ ...reference, productOrderItem: of('1', '2', '3') });
    await stage.pick(order, '03');
    const place = [{ id: 'addr-2', role: 'installationAddress' }];
    const items = of('1', '2', '3');
    const answer = await patch(order, { place, productOrderItem: items });
    expect(answer).toMatchObject({ status: 200, body: { place } });
    await stage.advance('PT1H');
    // The line is asked for anew there, and the box, which waited for its date, comes back.
    const lines = stage.steps(order, 'resource.assign').filter((step) => step === '01.assign');
    expect(lines).toHaveLength(2);
    expect(stage.effects(order).map(({ step }) => step)).toContain('03.ship.undo');
    const { id } = await stage.workItem('LOGISTICS_RETURNS', order, '03');
    const { form = [] } = await stage.api.workItem(id);
    const serialNumber = form.find((field) => field.id === 'serialNumber')?.example;
    await stage.act(id, 'complete', { serialNumber, ok: true }, 'logistics');
    await stage.advance('PT1H');
    await stage.pick(order, '03', { serialNumber: 'R70000054321' });
    await stage.advance('PT1H');
    const ships = stage.effects(order, 'logistics.ship').map(({ input }) => input.addressId);
    expect(ships).toEqual(['addr-dk-4711', 'addr-2']);
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });
});

describe('a date that is moved while an order is under way', () => {
  it('has the port asked for anew, for that date', async () => {
    const order = await stage.submit({
      ...MOBILES,
      requestedCompletionDate: await inDays(9),
      productOrderItem: [
        {
          ...item('1'),
          product: {
            productCharacteristic: [
              { name: 'numberSource', value: 'port-in' },
              { name: 'number', value: '+4520304050' },
              { name: 'donorContract', value: 'postpaid' },
              { name: 'authoritySigned', value: true },
            ],
          },
        },
      ],
    });
    const asked = () => stage.effects(order, 'np.request').map(({ input }) => String(input.portDate));
    const confirm = () =>
      stage.report(order, '01.portReq', 'npOrderId', 'port.confirmed', {
        confirmedPortDate: `${asked().at(-1)}T00:00:00+01:00`,
      });
    for (let days = 0; asked().length === 0 && days < 9; days += 0.5) await stage.advance('PT12H');
    await stage.advance('PT1M');
    expect(await confirm()).toBe('applied');

    const later = await inDays(30);
    const [first] = stage.effects(order, 'np.request');
    expect(await patch(order, { requestedCompletionDate: later })).toMatchObject({ status: 200 });
    await stage.advance('PT1H');
    expect(stage.steps(order, 'np.cancel')).toEqual(['01.portReq.undo']);
    expect(asked()).toHaveLength(2);
    expect(Date.parse(asked()[1] ?? '')).toBeGreaterThan(Date.parse(asked()[0] ?? '') + 7 * DAY);
    // The donor answers to the first request once more: that is nothing any more.
    expect(
      await stage.api.send({
        id: 'again',
        source: '/outside',
        type: 'milepost.port.confirmed',
        subject: String(first?.outputs.npOrderId),
        time: await inDays(0),
        data: { confirmedPortDate: `${asked()[0]}T00:00:00+01:00` },
      }),
    ).toBe('late');
    expect(await confirm()).toBe('applied');
    await stage.advance('P10D');
    expect(await stage.milestones(order, '1')).not.toContain('NUMBER_PORTED');
    await stage.advance('P25D');
    expect(await stage.milestones(order, '1')).toContain('NUMBER_PORTED');
  });

  it('has the technician come on that day', async () => {
    const { productOrderItem, ...reference } = referenceOrder();
    const order = await stage.submit({ ...reference, productOrderItem: productOrderItem.slice(0, 1) });
    await stage.pick(order, '01');
    await stage.advance('PT1H');
    const slots = () => stage.effects(order, 'appointment.book').map(({ outputs }) => String(outputs.slot));
    expect(slots()).toHaveLength(1);
    const date = await inDays(30);
    expect(await patch(order, { requestedCompletionDate: date })).toMatchObject({ status: 200 });
    await stage.advance('PT1H');
    expect(stage.steps(order, 'field.cancel')).toEqual(['01.dispatch.undo']);
    expect(stage.steps(order, 'appointment.cancel')).toEqual(['01.book.undo']);
    expect(slots()).toHaveLength(2);
    const [day = ''] = (slots()[1] ?? '').split('T');
    expect(Date.parse(day)).toBeGreaterThan(Date.parse(date) - DAY);

    // Nobody takes a visit back.
    stage.script({ operation: 'access.activate' }, { kind: 'reject', code: 'PORT_FAULTY' });
    await stage.visit(order, '01');
    const late = await patch(order, { requestedCompletionDate: await inDays(60) });
    expect(late).toMatchObject({
      status: 422,
      body: {
        message: 'Item 1 is past its point of no return, the step visit: it cannot be changed any more',
      },
    });
  });
});

describe('a change that cannot be made', () => {
  it('is refused, and says why', async () => {
    const order = await stage.submit({ ...MOBILES, requestedStartDate: await inDays(5) });
    const before = await stage.order(order);
    const refusals = [
      await patch(order, { relatedParty: [] }),
      await patch(order, { requestedStartDate: 'soon' }),
      await patch(order, { productOrderItem: [item('1'), { ...item('2'), action: 'delete' }] }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([400, 400, 422]);
    const messages = refusals.map(({ body }) => JSON.stringify(body));
    expect(messages[0]).toContain('/relatedParty');
    expect(messages[2]).toContain('Item 2: its action');
    expect(await stage.order(order)).toEqual(before);
    expect((await patch('0000000000', { description: 'x' })).status).toBe(404);
  });

  it('is refused once something irreversible has begun, with the item and the step', async () => {
    const order = await stage.submit({
      ...MOBILES,
      productOrderItem: [
        {
          ...item('line'),
          productOffering: { id: 'fibre-1000' },
          product: { productCharacteristic: [{ name: 'drop', value: 'new-build' }] },
        },
        item('phone'),
      ],
    });
    const survey = await stage.workItem('FIBRE_PLANNING', order, '01');
    await stage.act(survey.id, 'complete', {
      route: 'Along the hedge',
      ok: true,
      digMetres: 12,
      extraCost: false,
      permitNeeded: false,
    });
    expect(stage.steps(order, 'civil.order-build')).toEqual(['01.buildOrder']);
    const before = await stage.order(order);
    const phone = before.productOrderItem.filter(({ id }) => id === 'phone');
    for (const change of [{ requestedCompletionDate: await inDays(90) }, { productOrderItem: phone }]) {
      const { status, body } = await patch(order, change);
      expect(status).toBe(422);
      expect(JSON.stringify(body)).toContain('Item line is past its point of no return, the step buildOrder');
    }
    expect(await stage.order(order)).toEqual(before);
  });

  it('is refused once the order has ended', async () => {
    const order = await stage.submit(MOBILES);
    expect((await stage.order(order)).state).toBe('completed');
    expect((await patch(order, { description: 'x' })).status).toBe(422);
  });
});
