import { beforeAll, describe, expect, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { Stage } from '#test/support/stage.ts';
import { EndedRun, endedAtEachStep } from './ended.ts';
import { outOfOrder } from './expectations.ts';
import { AN_HOUR, playParts } from './play.ts';
import { expectNothingTwice, making } from './played.ts';
import { ENDS_AS } from './troubles.ts';

const make = making(70_000_000);
const SCENARIOS = SUBORDER_FLOWS.flatMap((flow) => endedAtEachStep(flow, make));

describe('a rejection, or a time limit, with which an item ends', () => {
  let stage: Stage;
  let runs: readonly EndedRun[];

  beforeAll(async () => {
    stage = await Stage.open();
    const orders = SCENARIOS.map((scenario) => () => EndedRun.start(stage, scenario));
    runs = (await playParts(stage, orders, AN_HOUR)).flat();
  }, 600_000);

  it.each(SCENARIOS.map(({ name }, index) => [name, index] as const))('%s', async (_name, index) => {
    const run = runs[index];
    if (!run || run.problem) throw run?.problem ?? new Error('It was not played');
    const { at, ending } = run.scenario;
    const { rule, error } = ending;
    const { item, failures, messages, done, undone, passed, begunAfter } = await run.outcome();
    expect({ item, begunAfter }).toEqual({ item: ENDS_AS[rule.action], begunAfter: [] });
    expect(failures).toContain(`${at.id}: ${error} → ${rule.action}`);
    if (rule.tells) expect(messages).toContain(`${at.id}.${rule.tells}`);
    if (rule.action === 'end-flow') return expect(undone).toEqual([]);
    expect({ undone: undone.toSorted(), passed }).toEqual({ undone: done, passed: [] });
    // Steps side by side may complete in another order than systems did them.
    expect(outOfOrder(run.scenario, undone.toReversed())).toBeUndefined();
  });

  it('has no effect twice, and takes nothing back twice', () => {
    expectNothingTwice(stage);
  });
});
