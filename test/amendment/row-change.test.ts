import { describe, expect, it } from 'vitest';
import { rowWrites } from '#functions/amendment/row-change.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { NOW, suborder, World } from '../steps/support.ts';

function worldWith(row: ReturnType<typeof suborder>) {
  const world = new World();
  world.plan(row);
  return world;
}

describe('changes of suborders', () => {
  it('are one write for each of them, with all that changes and has to be as it was read', async () => {
    const row = suborder('04', { done: 3 });
    const world = worldWith(row);
    const writes = rowWrites([
      { row, set: { linked: 1 }, asRead: ['milestones', 'ends'] },
      { row, set: { facts: { sku: 'STB-8K' } }, asRead: ['ends', 'done'] },
    ]);
    expect(writes).toHaveLength(1);
    expect(await writeTogether(world.deps, writes)).toBeUndefined();
    expect(world.suborder('04')).toMatchObject({ linked: 1, facts: { sku: 'STB-8K' }, done: 3 });
  });

  it.each([
    ['went on', { done: 4 }],
    ['began to end', { ends: 'cancelled' as const }],
    ['reached something', { milestones: { HW_SCANNED: NOW } }],
  ])('are refused when it %s since', async (_what, since) => {
    const row = suborder('04', { done: 3 });
    const world = worldWith({ ...row, ...since });
    const asRead = ['milestones', 'ends', 'done'] as const;
    for (const set of [{ linked: 1 }, {}])
      expect(await writeTogether(world.deps, rowWrites([{ row, set, asRead }]))).toEqual([0]);
    expect(world.suborder('04')).not.toHaveProperty('linked');
  });
});
