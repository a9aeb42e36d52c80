import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { advance } from '#functions/bulk-repairs/advance.ts';
import { changeBulkRepair, createBulkRepair } from '#shared/bulk-repairs/create.ts';
import { batchSize, pauseAfter } from '#shared/bulk-repairs/run.ts';
import { LARGEST_LIST } from '#shared/bulk-repairs/select.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import {
  type BulkRepair,
  itemEntry,
  listBulkRepairs,
  readBulkItems,
  readBulkRepair,
} from '#shared/store/bulk-repairs.ts';
import { readHistory } from '#shared/store/history.ts';
import { readWorkItem, workItemId } from '#shared/store/work-items.ts';
import { openWorkItem } from '#shared/work-items/open.ts';
import { resolveWorkItem } from '#shared/work-items/resolve.ts';
import { ADA, type DeskFixture, pickMessage, START, SUE, startDesk } from './desk-fixture.ts';

let desk: DeskFixture;
let count = 0;

beforeAll(async () => {
  desk = await startDesk();
});
afterAll(() => desk.stop());

/** Each test has failures of its own step, so that none sees those of another. */
let step: string;
beforeEach(() => {
  count += 1;
  step = `s${count}`;
  desk.setTime(START);
});

const idOf = (order: string) => workItemId({ order, suborder: '04', step, kind: 'fallout', run: 1 });
const orderOf = (number: number) => `B${String(count).padStart(3, '0')}O${String(number).padStart(5, '0')}`;

async function fail(order: string, error = 'UNKNOWN_SERIAL', enteredAt = START): Promise<void> {
  await openWorkItem(
    desk.deps,
    pickMessage({
      order,
      kind: 'fallout',
      step,
      task: 'cpe.provision',
      title: 'Provision the box',
      desk: 'ACTIVATION_FALLOUT',
      attempt: { enteredAt, retryCount: 0 },
      failure: { error, cause: 'no such unit' },
    }),
  );
}

/** Orders whose step has failed. */
async function failed(amount: number, error?: string): Promise<string[]> {
  const orders = Array.from({ length: amount }, (_, index) => orderOf(index));
  for (const order of orders) {
    await desk.putOrder(order);
    await desk.putSuborder({ order });
    await fail(order, error);
  }
  return orders;
}

const request = (more: object = {}) => ({
  filter: { step },
  resolution: { action: 'RETRY', reason: 'The register is up again' },
  ratePerMinute: 12,
  ...more,
});

async function make(more: object = {}, employee = SUE): Promise<BulkRepair> {
  const { bulkRepair } = await createBulkRepair(desk.deps, employee, request(more));
  return run(bulkRepair);
}

async function look(id: string): Promise<BulkRepair> {
  const head = await readBulkRepair(desk.deps, id);
  if (!head) throw new Error('There is no such bulk repair');
  const { total, done, failed: failures, skipped, remaining } = head;
  expect(done + failures + skipped + remaining).toBe(total);
  return head;
}

/** What its execution does, until it ends. */
async function run(id: string, deps: Dependencies = desk.deps): Promise<BulkRepair> {
  const { run: number } = await look(id);
  for (;;) {
    const { next } = await advance(deps)({ bulkRepair: id, run: number });
    if (next === 'end') return look(id);
  }
}

async function start(id: string): Promise<BulkRepair> {
  return changeBulkRepair(desk.deps, await look(id), 'start');
}

const statuses = async (id: string) =>
  (await readBulkItems(desk.deps, id, itemEntry(0), 500)).items.map(({ status }) => status);

it('is listed for who made it, and for supervisors, the newest first', async () => {
  const mine = { filter: { step, desk: 'LOGISTICS_PICK' } };
  const made: string[] = [];
  for (const employee of [ADA, SUE, ADA]) {
    const { bulkRepair } = await createBulkRepair(desk.deps, employee, request(mine));
    made.unshift(bulkRepair);
    desk.minutesPass(1);
  }
  const [latest, hers, first] = made;
  const listed = async (by: string | undefined, after?: string) =>
    listBulkRepairs(desk.deps, { by, after, limit: 2 });
  const own = await listed(ADA.sub);
  expect(own.items.map(({ bulkRepair }) => bulkRepair)).toEqual([latest, first]);
  expect(own.items[0]).toMatchObject({ by: 'ada', status: 'selecting', total: 0 });
  const all = await listed(undefined);
  expect(all.items.map(({ bulkRepair }) => bulkRepair)).toEqual([latest, hers]);
  expect((await listed(undefined, all.last)).items[0]).toMatchObject({ bulkRepair: first });
});

describe('a dry run', () => {
  it('freezes exactly what the filter selects, counts it, and touches nothing', async () => {
    const [first = ''] = await failed(3);
    const head = await make();
    expect(head).toMatchObject({ status: 'ready', total: 3, remaining: 3, done: 0 });
    expect(head.counts).toEqual({ [`ACTIVATION_FALLOUT set-top-box.create ${step} UNKNOWN_SERIAL`]: 3 });
    expect(await readWorkItem(desk.deps, idOf(first))).toMatchObject({ state: 'open', version: 1 });
    expect(await make({ filter: { step, error: 'OTHER' } })).toMatchObject({ total: 0 });
    expect(await make({ filter: { step, flow: 'iptv.create' } })).toMatchObject({ total: 0 });
    expect(await make({ filter: { step, desk: 'TV_OPS' } })).toMatchObject({ total: 0 });
    expect(await make({ filter: { step, olderThan: 'PT1H' } })).toMatchObject({ total: 0 });
    desk.minutesPass(90);
    expect(await make({ filter: { step, olderThan: 'PT1H' } })).toMatchObject({ total: 3 });
  });

  it('freezes a long list page by page, each work item once', async () => {
    await failed(120);
    const { bulkRepair, total } = await make();
    expect(total).toBe(120);
    const { items } = await readBulkItems(desk.deps, bulkRepair, itemEntry(0), 500);
    expect(new Set(items.map(({ workItem }) => workItem)).size).toBe(120);
  });

  it('leaves out what somebody has in hand, and desks that are not the person’s', async () => {
    const [first = ''] = await failed(2);
    const item = await readWorkItem(desk.deps, idOf(first));
    if (!item) throw new Error('not there');
    await desk.claim(item.workItem, SUE);
    expect(await make()).toMatchObject({ total: 1 });
    expect(await make({}, ADA)).toMatchObject({ total: 0 });
    await expect(make({ filter: { desk: 'TV_OPS' } }, ADA)).rejects.toMatchObject({ code: 'Forbidden' });
  });

  it('refuses what makes no sense, naming the field', async () => {
    for (const [wrong, pointer] of [
      [{ filter: { olderThan: 'soon' } }, '/filter/olderThan'],
      [{ ratePerMinute: 0 }, '/ratePerMinute'],
      [{ resolution: { action: 'COMPLETE_BY_HAND', reason: 'x', outputs: {} } }, '/resolution'],
    ] as const)
      await expect(createBulkRepair(desk.deps, SUE, request(wrong))).rejects.toMatchObject({
        problems: [expect.objectContaining({ pointer })],
      });
    await expect(
      createBulkRepair(desk.deps, ADA, request({ resolution: { action: 'SKIP', reason: 'x' } })),
    ).rejects.toMatchObject({ code: 'Forbidden' });
  });
});

describe('a bulk repair', () => {
  it('decides each work item once, and tells so in the history of each order', async () => {
    const orders = await failed(5);
    const { bulkRepair } = await make();
    await start(bulkRepair);
    expect(await run(bulkRepair)).toMatchObject({ status: 'completed', done: 5, remaining: 0 });
    for (const order of orders) {
      expect(await readWorkItem(desk.deps, idOf(order))).toMatchObject({
        state: 'done',
        version: 2,
        result: { action: 'RETRY', by: 'sue', bulkRepair: { id: bulkRepair } },
      });
      const told = (await readHistory(desk.deps, order)).filter((entry) => entry.bulkRepair === bulkRepair);
      expect(told).toMatchObject([{ what: 'RETRY', by: 'sue', why: 'The register is up again' }]);
    }
  });

  it('skips what was resolved meanwhile, and what came back since, and touches nothing else', async () => {
    const [resolved = '', back = '', other = ''] = await failed(3);
    const { bulkRepair } = await make();
    const late = orderOf(99);
    await desk.putOrder(late);
    await desk.putSuborder({ order: late });
    await fail(late);
    for (const order of [resolved, back])
      await resolveWorkItem(desk.deps, SUE, idOf(order), { action: 'RETRY', reason: 'by hand' });
    await fail(back, 'OTHER', '2026-03-02T08:10:00.000Z');
    await start(bulkRepair);
    expect(await run(bulkRepair)).toMatchObject({ status: 'completed', done: 1, skipped: 2 });
    expect(await statuses(bulkRepair)).toEqual(expect.arrayContaining(['skipped', 'skipped', 'done']));
    expect(await readWorkItem(desk.deps, idOf(resolved))).toMatchObject({ result: { note: 'by hand' } });
    expect(await readWorkItem(desk.deps, idOf(back))).toMatchObject({ state: 'open' });
    expect(await readWorkItem(desk.deps, idOf(late))).toMatchObject({ state: 'open', version: 1 });
    expect(await readWorkItem(desk.deps, idOf(other))).toMatchObject({ state: 'done' });
    expect(await readHistory(desk.deps, resolved)).toContainEqual(
      expect.objectContaining({
        what: 'BULK_REPAIR_SKIPPED',
        why: expect.stringContaining('CHANGED_MEANWHILE'),
        bulkRepair,
      }),
    );
  });

  it('counts a step that fails again as failed, once, and pauses when too many do', async () => {
    await failed(6);
    const { bulkRepair } = await make({ ratePerMinute: 6, stopAfterFailures: 2 });
    const { run: number } = await start(bulkRepair);
    const event = { bulkRepair, run: number };
    const { items } = await readBulkItems(desk.deps, bulkRepair, itemEntry(0), 2);
    for (const { order } of items) {
      await advance(desk.deps)(event);
      const again = '2026-03-02T08:20:00.000Z';
      await fail(order, 'UNKNOWN_SERIAL', again);
      await fail(order, 'UNKNOWN_SERIAL', again);
    }
    expect(await look(bulkRepair)).toMatchObject({ done: 0, failed: 2, remaining: 4 });
    expect(await run(bulkRepair)).toMatchObject({
      status: 'paused',
      failed: 2,
      remaining: 4,
      why: '2 failures',
    });
    await start(bulkRepair);
    expect(await run(bulkRepair)).toMatchObject({ status: 'completed', failed: 2, done: 4 });
  });

  it('does nothing while it is paused, nothing for a run that was replaced, and ends when it is stopped', async () => {
    await failed(4);
    const { bulkRepair } = await make({ ratePerMinute: 6 });
    const first = await start(bulkRepair);
    await advance(desk.deps)({ bulkRepair, run: first.run });
    await changeBulkRepair(desk.deps, await look(bulkRepair), 'pause');
    expect(await run(bulkRepair)).toMatchObject({ status: 'paused', done: 1, remaining: 3 });
    const second = await start(bulkRepair);
    expect(await advance(desk.deps)({ bulkRepair, run: first.run })).toMatchObject({ next: 'end' });
    await advance(desk.deps)({ bulkRepair, run: second.run });
    await changeBulkRepair(desk.deps, await look(bulkRepair), 'stop');
    expect(await run(bulkRepair)).toMatchObject({ status: 'stopped', done: 2, remaining: 2 });
    await expect(start(bulkRepair)).rejects.toMatchObject({ code: 'NOT_POSSIBLE' });
  });

  it('goes on where it was, however often it breaks off, and with runs side by side', async () => {
    const orders = await failed(12);
    const { bulkRepair } = await make({ ratePerMinute: 30 });
    await start(bulkRepair);
    let calls = 0;
    const breaking: Dependencies = {
      ...desk.deps,
      now: () => {
        calls += 1;
        if (calls % 5 === 0) throw new Error('killed');
        return desk.deps.now();
      },
    };
    const event = { bulkRepair, run: (await look(bulkRepair)).run };
    for (let round = 0; round < 40; round += 1) {
      await Promise.allSettled([advance(breaking)(event), advance(breaking)(event)]);
      await look(bulkRepair);
    }
    expect(await run(bulkRepair)).toMatchObject({ status: 'completed', done: 12, failed: 0, skipped: 0 });
    for (const order of orders) {
      const told = (await readHistory(desk.deps, order)).filter((entry) => entry.bulkRepair === bulkRepair);
      expect(told).toHaveLength(1);
      expect(await readWorkItem(desk.deps, idOf(order))).toMatchObject({ version: 2 });
    }
  });

  it('hands many work items to another desk', async () => {
    const [first = ''] = await failed(2);
    const { bulkRepair } = await make({
      resolution: { action: 'REASSIGN', reason: 'Theirs', desk: 'TV_OPS' },
    });
    await start(bulkRepair);
    expect(await run(bulkRepair)).toMatchObject({ status: 'completed', done: 2 });
    expect(await readWorkItem(desk.deps, idOf(first))).toMatchObject({ desk: 'TV_OPS', state: 'open' });
  });
});

it('keeps the rate, and fits one execution, whatever the rate and the list', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 0, max: LARGEST_LIST }),
      (ratePerMinute, total) => {
        const size = batchSize({ ratePerMinute, total });
        expect((size * 60) / pauseAfter(size, ratePerMinute)).toBeLessThanOrEqual(ratePerMinute + 1e-9);
        expect(Math.ceil(total / size) * 11).toBeLessThan(25_000);
      },
    ),
  );
});
