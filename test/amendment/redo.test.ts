import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AMENDED } from '#shared/amendment/amended.ts';
import { prepareRedo, redo } from '#shared/amendment/redo.ts';
import { recordStep } from '#shared/steps/record-step.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { undone } from '#shared/steps/undo-step.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getSuborder } from '#shared/store/suborders.ts';
import { doneStep, NOW, ORDER, plannedWait, suborder, World } from '../steps/support.ts';

const AMENDS = {
  facts: { sku: 'STB-8K' },
  flags: { extra: true },
  steps: 7,
  changed: ['sku'],
};

function changing(more: Partial<Suborder> = {}) {
  const world = new World();
  world.plan(
    suborder('04', {
      ends: 'amended',
      amends: AMENDS,
      facts: { sku: 'STB-4K' },
      milestones: { HW_SCANNED: NOW, STB_PROVISIONED: NOW },
      opens: {
        HW_SCANNED: [{ wait: '05#go#gate', entry: '04:D1' }],
        STB_PROVISIONED: [
          { wait: '05#tv#gate', entry: '04:D6' },
          { wait: '06#tv#gate', entry: '04:D6' },
        ],
      },
      passedSoft: 'ship',
      done: 4,
      ...more,
    }),
  );
  const steps = [
    { step: 'lock', task: 'asset.lock', at: '2026-03-02T07:01:00.000Z' },
    { step: 'reserve', task: 'stock.reserve', at: '2026-03-02T07:02:00.000Z' },
    { step: 'provision', task: 'cpe.provision', at: '2026-03-02T07:03:00.000Z', reaches: 'STB_PROVISIONED' },
    { step: 'ship', task: 'logistics.ship', at: '2026-03-02T07:04:00.000Z' },
  ] as const;
  for (const { step, ...record } of steps) world.db.seed('suborders', { ...doneStep(step, record) });
  world.db.seed('waits', { ...plannedWait('04#start#start'), pending: new Set([AMENDED]) });
  world.db.seed('waits', { ...plannedWait('05#tv#gate'), pending: undefined });
  world.db.seed('waits', { ...plannedWait('06#tv#gate'), pending: undefined, status: 'resumed' });
  return world;
}

const AFFECTED = new Set(['provision', 'ship']);
const prepare = ({ deps }: World) =>
  prepareRedo(
    deps,
    ORDER,
    '04',
    () => AFFECTED,
    () => ({}),
  );
async function undo(world: World, ...steps: readonly string[]) {
  for (const step of steps) await writeTogether(world.deps, [undone(ORDER, '04', step, NOW)]);
}

describe('a suborder that is changed', () => {
  it('lists what it affects, the latest first, and closes what that had opened for others who wait', async () => {
    const world = changing();
    expect((await prepare(world))?.steps.map(({ step }) => step)).toEqual(['ship', 'provision']);
    expect(world.suborder()).toMatchObject({
      ends: 'amended',
      amends: { affected: ['provision', 'ship'], done: 4 },
    });
    expect(world.wait('05#tv#gate')?.pending).toEqual(new Set(['04:D6']));
    expect(world.wait('06#tv#gate')).not.toHaveProperty('pending');
  });

  it('begins again once that is undone: those steps run anew, it knows what changed, and its start is free', async () => {
    const world = changing();
    await prepare(world);
    await expect(redo(world.deps, ORDER, '04')).rejects.toMatchObject({ name: 'UndoIncomplete' });
    await undo(world, 'ship', 'provision');
    expect(await redo(world.deps, ORDER, '04')).toEqual({ status: 'amended' });
    const after = world.suborder();
    expect(after).toMatchObject({ ...{ facts: AMENDS.facts, flags: AMENDS.flags }, done: 2, restarts: 1 });
    expect(after?.milestones).toEqual({ HW_SCANNED: NOW });
    for (const gone of ['ends', 'amends', 'passedSoft']) expect(after).not.toHaveProperty(gone);
    expect(world.step('provision')).toMatchObject({ run: 2, status: 'obsolete' });
    expect(world.step('reserve')).toMatchObject({ run: 1, status: 'done' });
    expect(world.wait('04#start#start')).not.toHaveProperty('pending');
    const told = world.db.all('history').map(({ what, step }) => `${what} ${step}`);
    expect(told.toSorted()).toEqual([
      'STEP_DONE provision',
      'STEP_DONE ship',
      'STEP_UNDONE provision',
      'STEP_UNDONE ship',
    ]);
    expect(await redo(world.deps, ORDER, '04')).toBeUndefined();
  });

  it('is left alone when it is not, or is cancelled meanwhile', async () => {
    for (const ends of [undefined, 'cancelled'] as const) {
      const world = changing({ ends });
      expect(await prepare(world)).toBeUndefined();
      expect(await redo(world.deps, ORDER, '04')).toBeUndefined();
    }
  });

  it('misses no step that completes at that moment, in whatever order things happen', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = changing();
        const { deps } = world;
        const row = await getSuborder(deps, ORDER, '04');
        world.db.before = (operation) => scheduler.schedule(Promise.resolve(), operation);
        const affected = new Set([...AFFECTED, 'online']);
        const late = recordStep(
          deps,
          row,
          { step: 'online', task: 'cpe.provision', run: 1 },
          { outputs: {}, by: 'acs', at: '2026-03-02T07:05:00.000Z' },
        );
        const change = (async () => {
          for (;;) {
            const listed = await prepareRedo(
              deps,
              ORDER,
              '04',
              () => affected,
              () => ({}),
            );
            await undo(world, ...(listed?.steps ?? []).map(({ step }) => step));
            const answer = await redo(deps, ORDER, '04').catch((error: Error) => error.name);
            if (answer !== 'UndoIncomplete' && answer !== 'Conflict') return;
          }
        })();
        await scheduler.waitFor(Promise.all([late, change]));
        const records = world.db.all('suborders').filter(({ sk }) => String(sk).startsWith('STEP#04#'));
        // What came before was undone and runs again; what came after is found done by the next execution.
        expect(records.map(({ status }) => status)).not.toContain('undone');
        expect(world.suborder()?.done).toBe(records.filter(({ status }) => status === 'done').length);
        expect(world.suborder()).not.toHaveProperty('ends');
      }),
      { numRuns: 100 },
    );
  });
});
