import { beforeAll, describe, expect, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';
import { type CancelledRun, cancelledAtEachStep, playCancelled } from './cancelled.ts';
import { outOfOrder } from './expectations.ts';
import { expectNothingTwice, making } from './played.ts';

const make = making(50_000_000);
const SCENARIOS = SUBORDER_FLOWS.flatMap((flow) => cancelledAtEachStep(flow, make));

describe('a cancel at each step of each flow', () => {
  let stage: Stage;
  let runs: readonly CancelledRun[];

  beforeAll(async () => {
    stage = await Stage.open();
    runs = await playCancelled(stage, SCENARIOS);
  }, 3_600_000);

  it.each(SCENARIOS.map(({ name }, index) => [name, index] as const))('%s', async (_name, index) => {
    const run = runs[index];
    if (!run || run.problem) throw run?.problem ?? new Error('It was not played');
    const { request, item, done, undone, passed, begunAfter } = await run.outcome();
    if (request === 'terminatedWithError') {
      // The order goes on: nothing was taken back.
      expect(undone).toEqual([]);
      expect(run.isTooLate).toBe(true);
      return;
    }
    expect({ request, item }).toEqual({ request: 'done', item: 'cancelled' });
    expect({ undone: undone.toSorted(), passed, begunAfter }).toEqual({
      undone: done,
      passed: [],
      begunAfter: [],
    });
    // Steps side by side may complete in another order than systems did them.
    expect(outOfOrder(run.scenario, undone.toReversed())).toBeUndefined();
  });

  it('takes nothing back twice', () => {
    expectNothingTwice(stage);
  });
});
