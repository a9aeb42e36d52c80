import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerWait } from '#shared/steps/completion.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { closeWorkItem, listDesk, readWorkItem, workItemId } from '#shared/store/work-items.ts';
import { completeWorkItem } from '#shared/work-items/complete.ts';
import { claim } from '#shared/work-items/lifecycle.ts';
import { changeWorkItem } from '#shared/work-items/load.ts';
import type { DeskMessage } from '#shared/work-items/message.ts';
import { openWorkItem } from '#shared/work-items/open.ts';
import { rejectWorkItem } from '#shared/work-items/reject.ts';
import { resolveWorkItem } from '#shared/work-items/resolve.ts';
import { ADA, BOB, type DeskFixture, pickMessage, SCANNED, START, SUE, startDesk } from './desk-fixture.ts';

let desk: DeskFixture;
let order: string;
let count = 0;

beforeAll(async () => {
  desk = await startDesk();
});

afterAll(() => desk.stop());

/** Every test has an order of its own. */
beforeEach(async () => {
  count += 1;
  order = `ORDER${String(count).padStart(5, '0')}`;
  desk.setTime(START);
  await desk.putOrder(order);
  await desk.putSuborder({ order });
});

const serial = () => `S4K${String(count).padStart(9, '0')}`;
const mac = () => `A0:00:00:00:00:${String(count).padStart(2, '0')}`;
const scanned = () => ({ ...SCANNED, serialNumber: serial(), macAddress: mac() });

async function opened(message: Partial<DeskMessage> = {}): Promise<WorkItem> {
  const full = pickMessage({ order, ...message });
  expect(await openWorkItem(desk.deps, full)).toBe('parked');
  return itemOf(full);
}

async function itemOf({ suborder, step, kind }: DeskMessage): Promise<WorkItem> {
  const item = await readWorkItem(desk.deps, workItemId({ order, suborder, step, kind, run: 1 }));
  if (!item) throw new Error('not on a desk');
  return item;
}

const fallout = (message: Partial<DeskMessage> = {}) =>
  opened({
    kind: 'fallout',
    step: 'provision',
    task: 'cpe.provision',
    title: 'Provision the box',
    desk: 'ACTIVATION_FALLOUT',
    reaches: 'STB_PROVISIONED',
    failure: { error: 'UNKNOWN_SERIAL', cause: 'no such unit' },
    ...message,
  });

describe('opening', () => {
  it('parks the token and puts the work on the desk with what the person needs', async () => {
    const item = await opened();
    expect(item).toMatchObject({
      state: 'open',
      desk: 'LOGISTICS_PICK',
      context: { flow: 'set-top-box.create', sku: 'STB-4K-01' },
      completion: { reaches: 'HW_SCANNED' },
      dueAt: '2026-03-02T12:00:00.000Z',
      version: 1,
    });
    expect(JSON.stringify(item)).not.toContain('secret-token');
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({
      token: 'secret-token-1',
      status: 'open',
    });
    expect(await desk.record(order, '04', 'pick')).toMatchObject({ status: 'waiting', run: 1 });
  });

  it('changes nothing when the same message comes again, or an older one', async () => {
    const item = await opened({ attempt: { enteredAt: START, retryCount: 1 } });
    const again = pickMessage({ order, attempt: { enteredAt: START, retryCount: 1 } });
    expect(await openWorkItem(desk.deps, again)).toBe('already-parked');
    expect(await openWorkItem(desk.deps, pickMessage({ order, taskToken: 'old' }))).toBe('stale');
    expect(await itemOf(again)).toEqual(item);
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({ token: 'secret-token-1' });
  });

  it('keeps the work item of a newer attempt with whoever holds it, and takes its token', async () => {
    const item = await opened();
    await changeWorkItem(desk.deps, ADA, item.workItem, { what: 'CLAIM' }, (found, now) =>
      claim(found, 'ada', now),
    );
    const newer = await opened({ taskToken: 'newer', attempt: { enteredAt: START, retryCount: 1 } });
    expect(newer).toMatchObject({
      workItem: item.workItem,
      state: 'claimed',
      claim: { by: 'ada' },
      version: 3,
    });
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({ token: 'newer' });
  });

  it('survives two deliveries at once', async () => {
    const results = await Promise.all(
      [1, 2, 3].map(() => openWorkItem(desk.deps, pickMessage({ order })).catch(() => 'again')),
    );
    expect(results.filter((result) => result === 'parked')).toHaveLength(1);
    expect(await itemOf(pickMessage())).toMatchObject({ version: 1 });
  });

  it('lets a step pass that was completed by hand meanwhile', async () => {
    const item = await opened();
    await completeWorkItem(desk.deps, ADA, item.workItem, scanned());
    const again = pickMessage({
      order,
      taskToken: 'after repair',
      attempt: { enteredAt: '2026-03-02T09:00:00Z', retryCount: 0 },
    });
    expect(await openWorkItem(desk.deps, again)).toBe('already-done');
    expect(await itemOf(again)).toMatchObject({ state: 'done' });
  });

  it('does not have the customer asked about a step that was completed meanwhile', async () => {
    const { workItem } = await opened();
    await completeWorkItem(desk.deps, ADA, workItem, scanned());
    const late = pickMessage({ order, kind: 'fallout', failure: { error: 'DAMAGED', cause: 'it fell' } });
    expect(await openWorkItem(desk.deps, { ...late, asks: 'ACTION_REQUIRED' })).toBe('parked');
    expect(await desk.record(order, '04', 'pick')).toMatchObject({ status: 'done' });
    expect(await desk.record(order, '04', 'pick')).not.toHaveProperty('reminders');
  });

  it('opens nothing for a suborder that is being cancelled', async () => {
    await desk.putSuborder({ order, state: 'pendingCancellation', ends: 'cancelled' });
    await openWorkItem(desk.deps, pickMessage({ order }));
    await expect(itemOf(pickMessage())).rejects.toThrow('not on a desk');
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({
      outcome: { error: 'SuborderEnding' },
    });
  });

  it('takes manual work off its desk whose state gave up', async () => {
    const pick = await opened();
    const failed = await fallout({
      step: 'pick',
      task: 'logistics.pick-scan',
      failure: { error: 'States.Timeout', cause: '' },
    });
    expect(failed).toMatchObject({
      failure: { step: 'pick', error: 'States.Timeout' },
      wait: '04#pick#repair',
    });
    expect(await readWorkItem(desk.deps, pick.workItem)).toMatchObject({
      state: 'closed',
      result: { action: 'CLOSED', note: expect.stringContaining('States.Timeout') },
    });
  });
});

describe('listing', () => {
  it('shows the oldest due first, in pages', async () => {
    const at = (hour: number) => `2026-03-02T0${hour}:00:00.000Z`;
    const ids: string[] = [];
    for (const hour of [3, 1, 2]) {
      desk.setTime(at(hour));
      ids[hour] = (await fallout({ step: `s${hour}`, desk: 'TV_OPS' })).workItem;
    }
    const first = await listDesk(desk.deps, { desk: 'TV_OPS', state: 'open', limit: 2 });
    const second = await listDesk(desk.deps, { desk: 'TV_OPS', state: 'open', limit: 2, after: first.last });
    const listed = [...first.items, ...second.items];
    expect(listed.map(({ workItem }) => workItem)).toEqual([ids[1], ids[2], ids[3]]);
    expect(listed[0]).toMatchObject({
      desk: 'TV_OPS',
      state: 'open',
      kind: 'fallout',
      title: 'Provision the box',
    });
  });
});

describe('completing', () => {
  it('records step, milestone, outcome and labels together', async () => {
    const { workItem } = await opened();
    const done = await completeWorkItem(desk.deps, ADA, workItem, scanned());
    const outputs = { serialNumber: serial(), macAddress: mac().replaceAll(':', '') };
    expect(done).toMatchObject({ state: 'done', result: { action: 'COMPLETE', by: 'ada', outputs } });
    expect(await desk.record(order, '04', 'pick')).toMatchObject({
      status: 'done',
      by: 'ada',
      outputs,
      reaches: 'HW_SCANNED',
    });
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3, milestones: { HW_SCANNED: START } });
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({ outcome: { result: {} } });
    expect(await desk.bindings()).toEqual(
      expect.arrayContaining([
        { binding: `SERIAL#${outputs.serialNumber}`, order, suborder: '04', at: START },
        { binding: `MAC#${outputs.macAddress}`, order, suborder: '04', at: START },
      ]),
    );
  });

  it('is harmless when the same person repeats it, and refused when it differs', async () => {
    const { workItem } = await opened();
    const done = await completeWorkItem(desk.deps, ADA, workItem, scanned());
    desk.minutesPass(5);
    expect(await completeWorkItem(desk.deps, ADA, workItem, scanned())).toEqual(done);
    const refused = expect.objectContaining({ code: 'ALREADY_DONE' });
    await expect(completeWorkItem(desk.deps, BOB, workItem, scanned())).rejects.toEqual(refused);
    await expect(completeWorkItem(desk.deps, ADA, workItem, { ...scanned(), note: 'oops' })).rejects.toEqual(
      refused,
    );
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
  });

  it('happens once when many try at once', async () => {
    const { workItem } = await opened();
    const people = ['p1', 'p2', 'p3', 'p4'].map((sub) => ({ sub, desks: ['LOGISTICS_PICK'] }));
    const results = await Promise.allSettled(
      [...people, ...people].map((person) => completeWorkItem(desk.deps, person, workItem, scanned())),
    );
    const winners = new Set(
      results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.result?.by] : [])),
    );
    expect(winners.size).toBe(1);
    expect(await desk.suborder(order, '04')).toMatchObject({ done: 3 });
  });

  it('refuses a serial number and a MAC address of another live suborder, and says which', async () => {
    await desk.putSuborder({ order, suborder: '05' });
    const unit = scanned();
    await completeWorkItem(desk.deps, ADA, (await opened()).workItem, unit);
    const { workItem } = await opened({ suborder: '05' });
    await expect(completeWorkItem(desk.deps, ADA, workItem, unit)).rejects.toMatchObject({
      code: 'SERIAL_IN_USE',
      message: `Serial number ${unit.serialNumber} belongs to suborder 04 of order ${order} already`,
    });
    const other = { ...unit, serialNumber: 'S4K999999999' };
    await expect(completeWorkItem(desk.deps, ADA, workItem, other)).rejects.toMatchObject({
      code: 'MAC_IN_USE',
      message: `MAC address ${unit.macAddress.replaceAll(':', '')} belongs to suborder 04 of order ${order} already`,
    });
    expect(await readWorkItem(desk.deps, workItem)).toMatchObject({ state: 'open' });
    expect((await desk.bindings()).map(({ binding }) => binding)).not.toContain('SERIAL#S4K999999999');
  });

  it('gives a unit to one suborder when two scan it at once', async () => {
    await desk.putSuborder({ order, suborder: '05' });
    const items = [await opened(), await opened({ suborder: '05' })];
    const results = await Promise.allSettled(
      items.map(({ workItem }) => completeWorkItem(desk.deps, ADA, workItem, scanned())),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'SERIAL_IN_USE' },
    });
  });

  it('takes a unit over from a suborder that was cancelled', async () => {
    await desk.putSuborder({ order, suborder: '05' });
    await completeWorkItem(desk.deps, ADA, (await opened()).workItem, scanned());
    await desk.putSuborder({ order, state: 'cancelled' });
    await completeWorkItem(desk.deps, ADA, (await opened({ suborder: '05' })).workItem, scanned());
    expect(await desk.bindings()).toContainEqual({
      binding: `SERIAL#${serial()}`,
      order,
      suborder: '05',
      at: START,
    });
  });

  it('is refused while somebody else holds it, at other desks, and when nothing waits any more', async () => {
    const { workItem } = await opened();
    await changeWorkItem(desk.deps, BOB, workItem, { what: 'CLAIM' }, (found, now) =>
      claim(found, 'bob', now),
    );
    await expect(completeWorkItem(desk.deps, ADA, workItem, scanned())).rejects.toMatchObject({
      code: 'CLAIMED',
    });
    const stranger = { sub: 'eve', desks: ['TV_OPS'] };
    await expect(completeWorkItem(desk.deps, stranger, workItem, scanned())).rejects.toMatchObject({
      code: 'Forbidden',
    });
    await expect(completeWorkItem(desk.deps, ADA, 'nothing', scanned())).rejects.toMatchObject({
      code: 'NotFound',
    });
    await writeTogether(desk.deps, [answerWait(order, '04#pick#manual', { error: 'X', cause: '' })]);
    await expect(completeWorkItem(desk.deps, BOB, workItem, scanned())).rejects.toMatchObject({
      code: 'NOT_WAITING',
    });
    await desk.putSuborder({ order, state: 'pendingCancellation', ends: 'cancelled' });
    await expect(completeWorkItem(desk.deps, BOB, workItem, scanned())).rejects.toMatchObject({
      code: 'NOT_WAITING',
    });
  });

  it('is refused when the work was closed, with the reason', async () => {
    const item = await opened();
    const note = 'The order was cancelled';
    await writeTogether(desk.deps, [closeWorkItem(item, { by: 'milepost', note, at: START })]);
    await expect(completeWorkItem(desk.deps, ADA, item.workItem, scanned())).rejects.toMatchObject({
      code: 'CLOSED',
      message: expect.stringContaining(note),
    });
    expect(
      (await listDesk(desk.deps, { desk: 'LOGISTICS_PICK', state: 'open', limit: 100 })).items,
    ).not.toContainEqual(expect.objectContaining({ workItem: item.workItem }));
  });
});

describe('rejecting', () => {
  it('hands the code to the flow, and the work comes back on its desk when it is tried again', async () => {
    const { workItem } = await opened();
    const rejected = await rejectWorkItem(desk.deps, ADA, workItem, {
      code: 'ITEM_DAMAGED',
      note: 'box is open',
    });
    expect(rejected).toMatchObject({
      state: 'done',
      result: { action: 'ITEM_DAMAGED', note: 'box is open', by: 'ada' },
    });
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({
      outcome: { error: 'ITEM_DAMAGED', cause: 'box is open' },
    });
    expect(await desk.record(order, '04', 'pick')).toMatchObject({ status: 'waiting' });

    const again = await opened({
      taskToken: 'second',
      attempt: { enteredAt: '2026-03-02T09:00:00Z', retryCount: 0 },
    });
    expect(again).toMatchObject({
      workItem,
      state: 'open',
      context: { earlier: { action: 'ITEM_DAMAGED' } },
    });
    await completeWorkItem(desk.deps, ADA, workItem, scanned());
    expect(await desk.wait(order, '04', 'pick', 'manual')).toMatchObject({
      token: 'second',
      outcome: { result: {} },
    });
  });

  it('takes only the codes of the task', async () => {
    const { workItem } = await opened();
    const reject = (body: unknown) => rejectWorkItem(desk.deps, ADA, workItem, body);
    const wrong = (pointer: string) => ({
      code: 'InvalidBody',
      problems: [expect.objectContaining({ pointer })],
    });
    await expect(reject({ code: 'TIRED' })).rejects.toMatchObject(wrong('/code'));
    await expect(reject({})).rejects.toMatchObject(wrong('/code'));
    await expect(reject({ code: 'NOT_FOUND', note: 'x'.repeat(2001) })).rejects.toMatchObject(wrong('/note'));
    await expect(reject({ code: 'NOT_FOUND', extra: 1 })).rejects.toMatchObject(wrong(''));
    const failed = await fallout();
    await expect(
      rejectWorkItem(desk.deps, SUE, failed.workItem, { code: 'UNKNOWN_SERIAL' }),
    ).rejects.toMatchObject({
      code: 'NOT_REJECTABLE',
    });
  });
});

describe('resolving a failed step', () => {
  const outcome = async () => (await desk.wait(order, '04', 'provision', 'repair'))?.outcome;
  const TOM = { sub: 'tom', desks: ['ACTIVATION_FALLOUT'] };

  it('runs it again, from its gate when that is what failed', async () => {
    const { workItem } = await fallout({
      failure: { step: 'provision.gate', error: 'States.Timeout', cause: '' },
    });
    await resolveWorkItem(desk.deps, TOM, workItem, { action: 'RETRY', reason: 'sibling is repaired' });
    expect(await outcome()).toEqual({ result: { resumeAt: 'provision.gate', flags: {} } });
    expect(await desk.record(order, '04', 'provision')).toBeUndefined();
  });

  it('completes it by hand with outputs that the task declares', async () => {
    const { workItem } = await fallout();
    const complete = (outputs: unknown) =>
      resolveWorkItem(desk.deps, TOM, workItem, {
        action: 'COMPLETE_BY_HAND',
        reason: 'done in the ACS',
        outputs,
      });
    await expect(complete(undefined)).rejects.toMatchObject({
      problems: [expect.objectContaining({ pointer: '/outputs/deviceId' })],
    });
    await expect(complete({ deviceId: 7 })).rejects.toMatchObject({
      problems: [expect.objectContaining({ pointer: '/outputs/deviceId' })],
    });
    await complete({ deviceId: 'D-1' });
    expect(await outcome()).toEqual({ result: { resumeAt: 'provision', flags: {} } });
    expect(await desk.record(order, '04', 'provision')).toMatchObject({
      status: 'done',
      by: 'tom',
      outputs: { deviceId: 'D-1' },
    });
    expect(await desk.suborder(order, '04')).toMatchObject({ milestones: { STB_PROVISIONED: START } });
  });

  it('runs again with inputs corrected', async () => {
    const { workItem } = await fallout({ step: 'reserve', task: 'stock.reserve' });
    const correct = (corrections: unknown) =>
      resolveWorkItem(desk.deps, TOM, workItem, { action: 'CORRECT_AND_RETRY', reason: 'x', corrections });
    const wrong = (pointer: string) => ({ problems: [expect.objectContaining({ pointer })] });
    await expect(correct(undefined)).rejects.toMatchObject(wrong('/corrections'));
    await expect(correct({})).rejects.toMatchObject(wrong('/corrections'));
    await expect(correct({ colour: 'red' })).rejects.toMatchObject(wrong('/corrections/colour'));
    await expect(correct({ quantity: 0 })).rejects.toMatchObject(wrong('/corrections/quantity'));
    await correct({ sku: 'STB-HD-01' });
    expect((await desk.suborder(order, '04'))?.facts).toEqual({ sku: 'STB-HD-01' });
    expect((await desk.wait(order, '04', 'reserve', 'repair'))?.outcome).toEqual({
      result: { resumeAt: 'reserve', flags: {} },
    });
  });

  it('does not correct what an earlier step found out', async () => {
    await completeWorkItem(desk.deps, ADA, (await opened()).workItem, scanned());
    const { workItem } = await fallout();
    const body = { action: 'CORRECT_AND_RETRY', reason: 'x', corrections: { serialNumber: 'S4K000000000' } };
    await expect(resolveWorkItem(desk.deps, TOM, workItem, body)).rejects.toMatchObject({
      problems: [{ pointer: '/corrections/serialNumber', message: expect.stringContaining('the step pick') }],
    });
  });

  it('binds the labels of a unit that is scanned on the way', async () => {
    const { workItem } = await fallout({
      step: 'pick',
      task: 'logistics.pick-scan',
      desk: 'LOGISTICS_BACKORDER',
      reaches: 'HW_SCANNED',
    });
    const { ok: _ok, ...outputs } = scanned();
    await resolveWorkItem(desk.deps, ADA, workItem, {
      action: 'COMPLETE_BY_HAND',
      reason: 'found it',
      outputs,
    });
    expect((await desk.bindings()).map(({ binding }) => binding)).toContain(`SERIAL#${serial()}`);
  });

  it('is skipped only by a supervisor, and counts as reached', async () => {
    const { workItem } = await fallout();
    const skip = { action: 'SKIP', reason: 'not needed here' };
    await expect(resolveWorkItem(desk.deps, TOM, workItem, skip)).rejects.toMatchObject({
      code: 'Forbidden',
    });
    await resolveWorkItem(desk.deps, SUE, workItem, skip);
    expect(await desk.record(order, '04', 'provision')).toMatchObject({ status: 'skipped', by: 'sue' });
    expect(await desk.suborder(order, '04')).toMatchObject({ milestones: { STB_PROVISIONED: START } });
  });

  it('cancels the item', async () => {
    const { workItem } = await fallout();
    const cancel = { action: 'CANCEL_ITEM', reason: 'the customer has moved' };
    const done = await resolveWorkItem(desk.deps, TOM, workItem, cancel);
    expect(await outcome()).toEqual({ result: { resumeAt: 'cancel', flags: {} } });
    expect(await resolveWorkItem(desk.deps, TOM, workItem, cancel)).toEqual(done);
  });

  it('has the item fail', async () => {
    const { workItem } = await fallout();
    await resolveWorkItem(desk.deps, TOM, workItem, { action: 'FAIL_ITEM', reason: 'no line to be had' });
    expect(await outcome()).toEqual({ result: { resumeAt: 'cancel', flags: {} } });
    expect(await desk.suborder(order, '04')).toMatchObject({ ends: 'failed' });
  });

  it('goes to another desk', async () => {
    const { workItem } = await fallout();
    const reassign = { action: 'REASSIGN', reason: 'a firmware matter', desk: 'TV_OPS' };
    expect(await resolveWorkItem(desk.deps, TOM, workItem, reassign)).toMatchObject({
      desk: 'TV_OPS',
      state: 'open',
      context: { reassigned: { from: 'ACTIVATION_FALLOUT', by: 'tom' } },
    });
    expect(await outcome()).toBeUndefined();
    await expect(resolveWorkItem(desk.deps, TOM, workItem, reassign)).rejects.toMatchObject({
      code: 'Forbidden',
    });
  });

  it.each([
    [{ reason: 'x' }, '/action'],
    [{ action: 'GIVE_UP', reason: 'x' }, '/action'],
    [{ action: 'RETRY' }, '/reason'],
    [{ action: 'RETRY', reason: ' ' }, '/reason'],
    [{ action: 'REASSIGN', reason: 'x', desk: 'NOWHERE' }, '/desk'],
    [{ action: 'REASSIGN', reason: 'x' }, '/desk'],
    ['RETRY', ''],
  ])('refuses %j', async (body, pointer) => {
    const { workItem } = await fallout();
    await expect(resolveWorkItem(desk.deps, TOM, workItem, body)).rejects.toMatchObject({
      code: 'InvalidBody',
      problems: [expect.objectContaining({ pointer })],
    });
  });

  it('is not for manual work, nor completing for a failed step', async () => {
    const pick = await opened();
    const retry = { action: 'RETRY', reason: 'x' };
    await expect(resolveWorkItem(desk.deps, ADA, pick.workItem, retry)).rejects.toMatchObject({
      code: 'NOT_RESOLVABLE',
    });
    const failed = await fallout();
    await expect(
      completeWorkItem(desk.deps, TOM, failed.workItem, { deviceId: 'D', ok: true }),
    ).rejects.toMatchObject({
      code: 'NOT_COMPLETABLE',
    });
  });
});

describe('undoing by hand', () => {
  const restock = () =>
    opened({
      kind: 'undo',
      task: 'logistics.restock',
      title: 'Put the unit back on the shelf',
      desk: 'LOGISTICS_RETURNS',
      taskToken: 'undo-token',
    });
  const RIA = { sub: 'ria', desks: ['LOGISTICS_RETURNS'] };

  it('takes the unit that was picked, frees its labels and records the undo', async () => {
    await completeWorkItem(desk.deps, ADA, (await opened()).workItem, scanned());
    await desk.putSuborder({ order, state: 'pendingCancellation', ends: 'cancelled' });
    const item = await restock();
    expect(item.context).toMatchObject({ serialNumber: serial(), sku: 'STB-4K-01' });
    await expect(
      completeWorkItem(desk.deps, RIA, item.workItem, { serialNumber: 'S4K999999999', ok: true }),
    ).rejects.toMatchObject({ problems: [expect.objectContaining({ pointer: '/serialNumber' })] });
    await completeWorkItem(desk.deps, RIA, item.workItem, { serialNumber: serial(), ok: true });
    expect(await desk.record(order, '04', 'pick')).toMatchObject({ status: 'undone' });
    expect(await desk.wait(order, '04', 'pick', 'undo')).toMatchObject({ outcome: { result: {} } });
    expect((await desk.bindings()).filter((binding) => binding.order === order)).toEqual([]);
  });

  it('that failed can be done by hand, but neither skipped nor cancelled', async () => {
    await completeWorkItem(desk.deps, ADA, (await opened()).workItem, scanned());
    const { workItem } = await fallout({
      step: 'pick',
      task: 'cpe.deprovision',
      desk: 'SUPERVISOR',
      failure: { step: 'pick', error: 'Unavailable', cause: '', undo: 'cpe.deprovision' },
    });
    const resolve = (action: string) => resolveWorkItem(desk.deps, SUE, workItem, { action, reason: 'x' });
    await expect(resolve('SKIP')).rejects.toMatchObject({ code: 'NOT_POSSIBLE' });
    await expect(resolve('CANCEL_ITEM')).rejects.toMatchObject({ code: 'NOT_POSSIBLE' });
    await resolve('COMPLETE_BY_HAND');
    const again = pickMessage({ order, kind: 'undo', task: 'logistics.restock', desk: 'LOGISTICS_RETURNS' });
    expect(await openWorkItem(desk.deps, again)).toBe('parked');
    await expect(itemOf(again)).rejects.toThrow('not on a desk');
    expect(await desk.wait(order, '04', 'pick', 'undo')).toMatchObject({ outcome: { result: {} } });
    expect(await desk.record(order, '04', 'pick')).toMatchObject({ status: 'undone' });
  });
});

describe('claiming', () => {
  it('is won by one when many try at once', async () => {
    const { workItem } = await opened();
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((sub) =>
        changeWorkItem(desk.deps, { sub, desks: ['*'] }, workItem, { what: 'CLAIM' }, (found, now) =>
          claim(found, sub, now),
        ),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CLAIMED' });
  });
});
