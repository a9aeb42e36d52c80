import { beforeAll, describe, expect, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { productsOf } from '#state-machines/language/flow.ts';
import { Stage } from '#test/support/stage.ts';
import { outOfOrder } from './expectations.ts';
import { play } from './play.ts';
import { expectAllAnswered, expectNothingTwice, expectPlayed, making } from './played.ts';
import type { Run } from './run.ts';
import { passedOver, scenariosOf } from './scenarios.ts';
import { effectsOf } from './seen.ts';

const make = making(10_000_000);
/** An order for each flow, with an item for each way through it; collection is about an account, so its ways need one each. */
const ORDERS = SUBORDER_FLOWS.flatMap((flow) => {
  const found = scenariosOf(flow, make);
  const ways = [...found, ...passedOver(flow, found)];
  return productsOf(flow).includes('collection') ? ways.map((way) => [way]) : [ways];
});
const SCENARIOS = ORDERS.flat();

describe('every way through every flow', () => {
  let stage: Stage;
  let runs: readonly Run[];

  beforeAll(async () => {
    stage = await Stage.open();
    runs = (await play(stage, ORDERS)).flat();
  }, 600_000);

  it.each(SCENARIOS.map((scenario, index) => [scenario.name, index] as const))('%s', async (_name, index) => {
    const run = await expectPlayed(stage, runs[index]);
    if (run.scenario.troubles.size === 0)
      expect(outOfOrder(run.scenario, effectsOf(stage, run))).toBeUndefined();
  });

  it('asks each system that had something of its own to answer, takes nothing back, and calls nothing twice', () => {
    expectAllAnswered(stage);
    expectNothingTwice(stage);
  });

  it('is there for each flow', () => {
    const played = new Set(SCENARIOS.map(({ flow }) => flow));
    expect(SUBORDER_FLOWS.filter((flow) => !played.has(flow)).map(({ id }) => id)).toEqual([]);
  });
});
