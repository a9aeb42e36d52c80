import { beforeAll, describe, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';
import { playEach } from './play.ts';
import { expectNothingTwice, expectPlayed, making } from './played.ts';
import type { Run } from './run.ts';
import { longestWay, type Scenario } from './scenarios.ts';
import { troublesOf } from './troubles.ts';

const make = making(30_000_000);
const seen = new Set<string>();
/** The longest ways through flows, with everything going wrong on them that has not gone wrong before and can be repaired. */
const SCENARIOS = SUBORDER_FLOWS.flatMap((flow): Scenario[] => {
  const longest = longestWay(flow, make);
  const troubles = longest ? troublesOf(longest, seen) : new Map();
  return longest && troubles.size > 0 ? [{ ...longest, troubles }] : [];
});

describe('what goes wrong goes to the desk or the step of its rule, and is repaired', () => {
  let stage: Stage;
  let runs: readonly Run[];

  beforeAll(async () => {
    stage = await Stage.open();
    runs = await playEach(stage, SCENARIOS);
  }, 600_000);

  it.each(SCENARIOS.map((scenario, index) => [scenario.name, index] as const))('%s', async (_name, index) => {
    await expectPlayed(stage, runs[index]);
  });

  it('has no effect twice but where a step is done again', () => {
    expectNothingTwice(stage);
  });
});
