import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Addition, addSuborders } from '#functions/amendment/added-items.ts';
import { rowWrites } from '#functions/amendment/row-change.ts';
import { suborderRecords, waitRecords } from '#functions/orders/plan-records.ts';
import { recordStep } from '#shared/steps/record-step.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import { readOrderRecords } from '#shared/store/order-records.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getSuborder } from '#shared/store/suborders.ts';
import { readWaits } from '#shared/store/visible-waits.ts';
import { networkKey } from '#shared/timing/network.ts';
import { type OrderPlan, planOrder } from '#state-machines/planning/plan.ts';
import { accepted, BUNDLE, item, order as orderOf } from '../planning/orders.ts';
import { doneStep, NOW, ORDER, suborder, World } from '../steps/support.ts';

const planOf = (count: number) =>
  accepted(planOrder(orderOf(BUNDLE.slice(0, count), { order: ORDER, addressId: 'A-1' })));

/** An order of the first items of the reference bundle, started, with suborders as far as they are. */
function underWay(count: number, progress: Readonly<Record<string, Partial<Suborder>>> = {}) {
  const world = new World();
  const plan = planOf(count);
  world.plan(
    suborder('00', { item: undefined, flow: 'order.manage', passedHard: 'start', ...progress['00'] }),
    ...suborderRecords(ORDER, plan, NOW).map((row) => ({
      ...row,
      state: 'inProgress' as const,
      startedAt: NOW,
      ...progress[row.suborder],
    })),
  );
  for (const planned of [plan.management, ...plan.suborders])
    for (const wait of waitRecords(ORDER, planned)) world.db.seed('waits', { ...wait });
  world.db.seed('suborders', { ...networkKey(ORDER), steps: plan.network, flows: [...plan.flowTimes] });
  return world;
}

const AT_ONCE = { now: NOW, startsAt: NOW, takenBack: new Map() };

/** The writes by which an order gets the items of another plan. */
async function growth({ deps }: World, plan: OrderPlan, more: Partial<Addition> = {}) {
  const [records, waits] = await Promise.all([readOrderRecords(deps, ORDER), readWaits(deps, ORDER)]);
  const { writes, rows } = addSuborders(ORDER, plan, { ...records, waits }, { ...AT_ONCE, ...more });
  return guarded('suborders', ...writes, ...rowWrites(rows));
}

/** Has the order grow to so many items of the bundle. @returns what refused */
const grow = async (world: World, count: number, more?: Partial<Addition>) =>
  commit(world.deps, await growth(world, planOf(count), more));

const pendingOf = (world: World, wait: string) => world.wait(wait)?.pending;

describe('items that are added to an order under way', () => {
  it('become suborders that start by a wait, and whose end order management waits for', async () => {
    const world = underWay(2);
    expect(await grow(world, 3, { startsAt: '2026-03-05T08:00:00.000Z' })).toEqual(new Set());
    expect(world.suborder('03')).toMatchObject({ item: '3', flow: 'router.create', state: 'acknowledged' });
    const start = world.wait('03#start#start');
    expect(start).toMatchObject({ status: 'planned', kind: 'start', notBefore: '2026-03-05T08:00:00.000Z' });
    expect(start).not.toHaveProperty('pending');
    expect(pendingOf(world, '00#close#gate')).toEqual(
      new Set(['01:SUBORDERS', '02:SUBORDERS', '03:SUBORDERS']),
    );
    expect(world.suborder('02')).toMatchObject({ siblings: { fibre: ['01'], router: ['03'] }, linked: 1 });
  });

  it('find open what was reached before, some days before the date that it carries', async () => {
    const reached = { milestones: { LINE_DATE_CONFIRMED: NOW } };
    const world = underWay(2, { '01': reached });
    world.db.seed('suborders', {
      ...doneStep('assign', {
        suborder: '01',
        reaches: 'LINE_DATE_CONFIRMED',
        outputs: { confirmedDate: '2026-03-20' },
      }),
    });
    await grow(world, 3);
    const gate = world.db.all('waits').find(({ wait }) => String(wait) === '03#pick#gate');
    expect(gate).toMatchObject({ status: 'planned', notBefore: expect.stringContaining('2026-03-17') });
    expect(gate).not.toHaveProperty('pending');
    expect(world.suborder('01')?.opens).toMatchObject({
      LINE_DATE_CONFIRMED: [expect.objectContaining({ wait: '03#pick#gate' })],
    });
  });

  it('wait for what the same change takes back', async () => {
    const world = underWay(2, { '02': { milestones: { INTERNET_ACTIVE: NOW } } });
    const items = [...BUNDLE.slice(0, 2), item('3', 'voip-home')];
    const phone = accepted(planOrder(orderOf(items, { order: ORDER, addressId: 'A-1' })));
    const takenBack = new Map([['02', ['INTERNET_ACTIVE']]]);
    await commit(world.deps, await growth(world, phone, { takenBack }));
    const gates = world.db.all('waits').filter(({ suborder }) => suborder === '03');
    expect(gates.flatMap(({ pending }) => [...(pending instanceof Set ? pending : [])])).toEqual(['02:D02']);
  });

  it('are waited for by steps that have not gone on', async () => {
    const world = underWay(5);
    const tv = '05#tv#gate';
    const before = pendingOf(world, tv);
    expect(before).toEqual(new Set(['02:D05', '04:D06']));
    const items = [...BUNDLE.slice(0, 5), item('6', 'set-top-box-4k')];
    const plan = accepted(planOrder(orderOf(items, { order: ORDER, addressId: 'A-1' })));
    await commit(world.deps, await growth(world, plan));
    expect(pendingOf(world, tv)).toEqual(new Set(['02:D05', '04:D06', '06:D06']));
  });

  it('are suspended when the order is', async () => {
    const suspended = { by: 'ops-1', at: NOW, reason: 'Fraud?' };
    const world = underWay(2, { '00': { suspended } });
    await grow(world, 3);
    expect(world.suborder('03')).toMatchObject({ suspended });
    expect(pendingOf(world, '03#start#start')).toEqual(new Set(['SUSPENDED']));
  });

  it('are refused when the order is about to end, or what they need never comes', async () => {
    const over = underWay(2);
    const wait = over.wait('00#close#gate');
    over.db.seed('waits', { ...wait, status: 'open', pending: undefined });
    await expect(grow(over, 3)).rejects.toMatchObject({ name: 'OrderEnded' });

    const never = underWay(2, { '01': { state: 'completed', endedAt: NOW, milestones: { COMPLETE: NOW } } });
    await expect(grow(never, 3)).rejects.toMatchObject({
      name: 'AmendmentNotPossible',
      message: expect.stringContaining('Item 1 has ended'),
    });
  });

  it('are refused while a cancel of the others was accepted meanwhile', async () => {
    const world = underWay(2);
    const { deps } = world;
    const writes = await growth(world, planOf(3));
    world.plan({ ...(await getSuborder(deps, ORDER, '02')), ends: 'cancelled' });
    expect(await commit(deps, writes)).toEqual(new Set(['suborders']));
    expect(world.suborder('03')).toBeUndefined();
  });

  it('miss nothing that is reached at that moment, whoever comes first', async () => {
    const seen = new Set<unknown>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = underWay(2);
        const { deps } = world;
        const row = await getSuborder(deps, ORDER, '02');
        world.db.before = (operation) => scheduler.schedule(Promise.resolve(), operation);
        const step = recordStep(
          deps,
          row,
          { step: 'provision', task: 'internet.provision', run: 1 },
          { outputs: {}, by: 'bng', reaches: 'INTERNET_ACTIVE', at: NOW },
        );
        const added = (async () => {
          while ((await grow(world, 5)).size > 0);
        })();
        await scheduler.waitFor(Promise.all([step, added]));
        world.db.before = async () => {};
        expect(pendingOf(world, '05#tv#gate')).toEqual(new Set(['04:D06']));
        expect(world.suborder('02')?.milestones).toEqual({ INTERNET_ACTIVE: NOW });
        seen.add(world.suborder('02')?.linked);
      }),
      { numRuns: 100 },
    );
    expect(seen.size).toBeGreaterThan(0);
  });
});
