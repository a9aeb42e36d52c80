import { describe, expect, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { rejectionsOf } from '#state-machines/language/flags.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import { making } from './played.ts';
import { coveringWays, passedOver, scenariosOf } from './scenarios.ts';
import { endingTroubles, repairableTroubles, timeLimits } from './troubles.ts';

const make = making(90_000_000);

/** What the product itself finds out, or what depends on a date: nobody can be told to. Where that is tested, by task. */
const BY_HAND: Readonly<Record<string, string>> = {
  'collection.check-notice NOTICE_TOO_RECENT': 'collection.test.ts',
  'flow.start REFUSED': 'collection.test.ts',
  'np.await-completion NOT_COMPLETED_IN_WINDOW': 'porting.test.ts',
  'np.check-window WINDOW_TOO_SHORT': 'porting.test.ts',
  'np.check-window WINDOW_TOO_SOON': 'porting.test.ts',
  'return.check-withdrawal PERIOD_OVER': 'hardware.test.ts',
};

/** What can go wrong with a step, by its name in the catalogue and the error. */
interface Mishap {
  readonly step: string;
  readonly task: string;
  readonly error: string;
}
const mishap = ({ id, task }: Step, error: string): Mishap => ({ step: id, task: task.name, error });

/** Everything that can go wrong with the steps of a flow. */
const possible = (flow: Flow): Mishap[] =>
  flow.steps.flatMap((step) => {
    const errors = [...Object.keys(rejectionsOf(step)), ...timeLimits(step).map(({ error }) => error)];
    return [...new Set(errors)].map((error) => mishap(step, error));
  });

/** What the generated scenarios have go wrong. */
function played(flow: Flow): Mishap[] {
  const ways = scenariosOf(flow, make);
  const outcomes = [...ways, ...passedOver(flow, ways)].flatMap((way) =>
    way.path.flatMap((step) => {
      const { rejection, first } = way.outcomes.get(step.id) ?? {};
      return [rejection, first].flatMap((error) => (error === undefined ? [] : [mishap(step, error)]));
    }),
  );
  const troubles = coveringWays(ways)
    .flatMap(({ steps }) => steps)
    .flatMap((step) =>
      [...repairableTroubles(step, flow), ...endingTroubles(step)].map(({ error }) => mishap(step, error)),
    );
  return [...outcomes, ...troubles];
}

describe('generated scenarios', () => {
  it('have each step of each flow', () => {
    const missed = SUBORDER_FLOWS.flatMap((flow) => {
      const steps = new Set(coveringWays(scenariosOf(flow, make)).flatMap((covering) => covering.steps));
      return flow.steps.filter((step) => !steps.has(step)).map(({ id }) => `${flow.id}.${id}`);
    });
    expect(missed).toEqual([]);
  });

  it('have everything go wrong with each of them that can, but for what is named', () => {
    const missed = SUBORDER_FLOWS.flatMap((flow) => {
      const found = new Set(played(flow).map(({ step, error }) => `${step} ${error}`));
      return possible(flow).filter(({ step, error }) => !found.has(`${step} ${error}`));
    });
    const tasks = new Set(missed.map(({ task, error }) => `${task} ${error}`));
    expect([...tasks].toSorted()).toEqual(Object.keys(BY_HAND));
  });
});
