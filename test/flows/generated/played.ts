import { expect } from 'vitest';
import { DEMO_START } from '#scripts/platform.ts';
import type { Making } from '#scripts/samples.ts';
import type { Stage } from '#test/support/stage.ts';
import { expectationOf } from './expectations.ts';
import type { Run } from './run.ts';
import { seenOf } from './seen.ts';

/** Dates that an order gives are some weeks ago. */
const BEFORE = DEMO_START.getTime() - 20 * 24 * 3_600_000;

/** How the items of orders are made up, each unlike any other. @param first number of the first; files of tests that share a stage begin far apart */
export function making(first: number): () => Making {
  let serial = first;
  return () => ({ serial: serial++, at: BEFORE, fewDates: true });
}

/** Holds a run that was played to its end against what its scenario leads to. */
export async function expectPlayed(stage: Stage, run: Run | undefined): Promise<Run> {
  if (!run) throw new Error('It was not played');
  if (run.problem) throw run.problem;
  expect(await seenOf(stage, run)).toEqual({
    state: 'completed',
    item: 'completed',
    done: run.scenario.path.length,
    ...expectationOf(run.scenario),
  });
  return run;
}

/** No call had two effects, and nothing was taken back twice. */
export function expectNothingTwice({ simulator }: Stage): void {
  const { byKey, undoneTwice } = simulator.doubleEffects();
  expect({ byKey, undoneTwice }).toEqual({ byKey: [], undoneTwice: [] });
}

/** Systems have been asked as often as they had something of their own to answer. */
export function expectAllAnswered({ simulator }: Stage): void {
  expect(simulator.unanswered()).toEqual([]);
}
