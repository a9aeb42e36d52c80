import { beforeAll, describe, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';
import { AN_HOUR, play } from './play.ts';
import { expectAllAnswered, expectNothingTwice, expectPlayed, making } from './played.ts';
import type { Run } from './run.ts';
import { coveringWays, type Scenario, scenariosOf } from './scenarios.ts';
import { repairableTroubles } from './troubles.ts';

const make = making(30_000_000);
/** Ways through each flow, with everything going wrong at their steps that can be repaired. */
const SCENARIOS = SUBORDER_FLOWS.flatMap((flow) =>
  coveringWays(scenariosOf(flow, make)).map(({ way, steps }): Scenario => {
    const troubles = steps.map((step) => [step.id, repairableTroubles(step, flow)] as const);
    return {
      ...way,
      troubles: new Map([...way.troubles, ...troubles.filter(([, some]) => some.length > 0)]),
    };
  }),
);

describe('what goes wrong goes to the desk or the step of its rule, and is repaired', () => {
  let stage: Stage;
  let runs: readonly Run[];

  beforeAll(async () => {
    stage = await Stage.open();
    const orders = SCENARIOS.map((scenario) => [scenario]);
    runs = (await play(stage, orders, AN_HOUR)).flat();
  }, 1_200_000);

  it.each(SCENARIOS.map((scenario, index) => [scenario.name, index] as const))('%s', async (_name, index) => {
    await expectPlayed(stage, runs[index]);
  });

  it('has systems asked again, with no effect twice but where a step is done again', () => {
    expectAllAnswered(stage);
    expectNothingTwice(stage);
  });
});
