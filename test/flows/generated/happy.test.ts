import { beforeAll, describe, expect, it } from 'vitest';
import { DEMO_START } from '#scripts/platform.ts';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';
import { expectationOf, outOfOrder } from './expectations.ts';
import { play } from './play.ts';
import type { Run } from './run.ts';
import { scenariosOf } from './scenarios.ts';
import { effectsOf, seenOf } from './seen.ts';

/** Dates that an order gives are some weeks ago. */
const BEFORE = DEMO_START.getTime() - 20 * 24 * 3_600_000;

let serial = 10_000_000;
const SCENARIOS = SUBORDER_FLOWS.flatMap((flow) =>
  scenariosOf(flow, () => ({ serial: serial++, at: BEFORE, fewDates: true })),
);

describe('every way through every flow', () => {
  let stage: Stage;
  let runs: readonly Run[];

  beforeAll(async () => {
    stage = await Stage.open();
    runs = (
      await play(
        stage,
        SCENARIOS.map((scenario) => [scenario]),
      )
    ).flat();
  }, 600_000);

  it.each(SCENARIOS.map((scenario, index) => [scenario.name, index] as const))('%s', async (_name, index) => {
    const run = runs[index];
    if (!run) throw new Error('It was not played');
    if (run.problem) throw run.problem;
    expect(await seenOf(stage, run)).toEqual({
      state: 'completed',
      item: 'completed',
      done: run.scenario.path.length,
      ...expectationOf(run.scenario),
    });
    if (run.scenario.troubles.size === 0)
      expect(outOfOrder(run.scenario, effectsOf(stage, run))).toBeUndefined();
  });

  it('takes nothing back, and calls nothing twice', () => {
    const { byKey, undoneTwice } = stage.simulator.doubleEffects();
    expect({ byKey, undoneTwice }).toEqual({ byKey: [], undoneTwice: [] });
  });

  it('is there for each flow', () => {
    const played = new Set(SCENARIOS.map(({ flow }) => flow));
    expect(SUBORDER_FLOWS.filter((flow) => !played.has(flow)).map(({ id }) => id)).toEqual([]);
  });
});
