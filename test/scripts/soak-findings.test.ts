import { expect, it } from 'vitest';
import { undoneOutOfOrder } from '#scripts/soak/findings.ts';
import { undoKey } from '#shared/steps/undo-step.ts';
import { type StepRecord, stepSchema } from '#shared/store/records.ts';
import type { Effect } from '#simulator/simulator.ts';

const order = 'AB12CD34EF';

/** A step of suborder 01 that was done at some minute, and is undone. */
const undone = (step: string, doneAt: number, run = 1): StepRecord =>
  stepSchema.parse({
    order,
    sk: `STEP#01#${step}`,
    suborder: '01',
    step,
    task: 'np.port-request',
    status: 'undone',
    run,
    doneAt: minute(doneAt),
    at: minute(59),
  });

const minute = (count: number) => `2026-03-02T10:${String(count).padStart(2, '0')}:00.000Z`;

const effect = (key: string): Effect => ({
  at: minute(0),
  system: 'och',
  operation: 'np.port-request',
  key,
  bodyHash: '',
  input: {},
  outputs: {},
});
const done = (step: string, run = 1) => effect(`${order}-01-${step}-${run}`);
const undo = (step: string, run = 1) => effect(undoKey({ order, suborder: '01', step, run }));

it('finds nothing wrong when what was done last is undone first', () => {
  const effects = [done('reserve'), done('ship'), undo('ship'), undo('reserve')];
  expect(undoneOutOfOrder([undone('reserve', 1), undone('ship', 2)], effects)).toEqual([]);
});

it('finds what is undone before something that was done later', () => {
  const effects = [done('reserve'), done('ship'), undo('reserve'), undo('ship')];
  expect(undoneOutOfOrder([undone('reserve', 1), undone('ship', 2)], effects)).toEqual([
    'ship is undone after reserve',
  ]);
});

it('leaves alone what a change had taken back before it was done anew', () => {
  const first = [done('reserve'), done('ship'), undo('ship'), undo('reserve')];
  const again = [done('reserve', 2), done('ship', 2), undo('ship', 2), undo('reserve', 2)];
  expect(undoneOutOfOrder([undone('reserve', 3, 2), undone('ship', 4, 2)], [...first, ...again])).toEqual([]);
});

it('goes by when a step was done, though its system had done it long before an answer came through', () => {
  const effects = [done('provision'), done('ship'), undo('provision'), undo('ship')];
  expect(undoneOutOfOrder([undone('provision', 5), undone('ship', 2)], effects)).toEqual([]);
});
