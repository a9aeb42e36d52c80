import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { BulkRepair } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

/** The set-top box of the reference order. */
const BOX = '04';

const pageSchema = z.object({ items: z.array(z.unknown()), nextCursor: z.string().optional() });

describe('a bulk repair', () => {
  let stage: Stage;
  let orders: string[];
  let id: string;

  const addsUp = ({ total, done, failed, skipped, remaining }: BulkRepair) =>
    expect(done + failed + skipped + remaining).toBe(total);

  beforeAll(async () => {
    stage = await Stage.open();
    orders = await failed('UNKNOWN_SERIAL');
  });

  /** Three orders whose box could not be provisioned. */
  async function failed(code: string): Promise<string[]> {
    const failing: string[] = [];
    for (let count = 0; count < 3; count += 1) failing.push(await stage.submit());
    stage.script({ operation: 'cpe.provision' }, ...failing.map(() => ({ kind: 'reject' as const, code })));
    for (const order of failing) await stage.pick(order, BOX);
    return failing;
  }

  it('counts first, and touches nothing', async () => {
    const filter = { desk: 'ACTIVATION_FALLOUT', error: 'UNKNOWN_SERIAL' };
    const made = await stage.api.repairAll({
      filter,
      resolution: { action: 'RETRY', reason: 'The register is up again' },
      ratePerMinute: 6,
    });
    id = made.id;
    await stage.settle();
    const dry = await stage.api.bulkRepair(id);
    expect(dry).toMatchObject({ status: 'ready', total: 3, remaining: 3 });
    expect(dry.counts).toEqual([{ ...filter, flow: 'set-top-box.create', step: 'provision', count: 3 }]);
    expect(stage.steps(orders[0] ?? '', 'cpe.provision')).toEqual([]);
  });

  it('is paused and goes on, and each flow goes on as if somebody had retried its step', async () => {
    await stage.api.changeBulkRepair(id, 'start');
    await stage.advance('PT11S');
    const some = await stage.api.changeBulkRepair(id, 'pause');
    addsUp(some);
    expect(some.done).toBeGreaterThan(0);
    expect(some.remaining).toBeGreaterThan(0);
    await stage.advance('PT10M');
    expect(await stage.api.bulkRepair(id)).toMatchObject({ status: 'paused', remaining: some.remaining });

    await stage.api.changeBulkRepair(id, 'start');
    await stage.advance('PT2M');
    const over = await stage.api.bulkRepair(id);
    addsUp(over);
    expect(over).toMatchObject({ status: 'completed', done: 3, failed: 0, skipped: 0 });
    for (const order of orders) {
      expect(stage.steps(order, 'cpe.provision')).toEqual([`${BOX}.provision`]);
      expect(await stage.desk('ACTIVATION_FALLOUT', order)).toEqual([]);
    }
    expect(stage.simulator.doubleEffects().byStep).toEqual([]);
  });

  it('stands among the others, the newest first, page by page', async () => {
    const filter = { desk: 'TV_OPS', error: 'NO_OTHER_TEST_HAS_THIS' };
    const resolution = { action: 'RETRY', reason: 'INC-9 is over' };
    const { id: newer } = await stage.api.repairAll({ filter, resolution });
    await stage.advance('PT1M');
    const page = async (query: string) => {
      const { body } = await stage.api.request({ role: 'ops', path: `/bulk-repairs?limit=1${query}` });
      return pageSchema.parse(body);
    };
    const first = await page('');
    expect(first.items).toMatchObject([{ id: newer, status: 'ready', filter, resolution, total: 0 }]);
    const second = await page(`&cursor=${first.nextCursor}`);
    expect(second.items).toMatchObject([{ id, status: 'completed', total: 3, done: 3, remaining: 0 }]);
  });

  it('goes on where it was at whatever call its process ends, and decides each work item once', async () => {
    const { cloud } = stage.platform;
    const killed = await failed('PROFILE_MISSING');
    await cloud.faults({
      seed: 3,
      rules: [{ kind: 'kill', probability: 0.7, resource: 'bulk-repairs', spareApi: true }],
    });
    const made = await stage.api.repairAll({
      filter: { desk: 'ACTIVATION_FALLOUT', error: 'PROFILE_MISSING' },
      resolution: { action: 'RETRY', reason: 'INC-8 is over' },
      dryRun: false,
    });
    for (let rounds = 0; rounds < 30; rounds += 1) {
      await stage.advance('PT10M');
      const head = await stage.api.bulkRepair(made.id);
      addsUp(head);
      if (head.status === 'completed') break;
      await stage.api.changeBulkRepair(made.id, 'start');
    }
    const kills = await cloud.faultLog();
    await cloud.faults({ rules: [] });
    expect(kills.length).toBeGreaterThan(3);
    expect(await stage.api.bulkRepair(made.id)).toMatchObject({ total: 3, done: 3, failed: 0, skipped: 0 });
    for (const order of killed) {
      expect(stage.steps(order, 'cpe.provision')).toEqual([`${BOX}.provision`]);
      const { entries } = await stage.api.history(order, '?limit=100');
      expect(entries.filter(({ what }) => what === 'RETRY')).toHaveLength(1);
    }
    expect(stage.simulator.doubleEffects().byStep).toEqual([]);
  });

  it('is listed, each work item with what became of it', async () => {
    const { body } = await stage.api.request({ role: 'ops', path: `/bulk-repairs/${id}/items?limit=2` });
    expect(body).toMatchObject({
      items: [1, 2].map((number) => ({ number, status: 'done' })),
      nextCursor: '2',
    });
  });
});
