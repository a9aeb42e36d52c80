import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut } from '#shared/cancellation/carry-out.ts';
import { prepareUndo } from '#shared/steps/cancel-suborder.ts';
import { callUnderlyingSystem, runStep } from '#shared/steps/run-step.ts';
import { keepCancellation, readCancellation } from '#shared/store/cancellations.ts';
import type { PointOfNoReturn } from '#shared/store/records.ts';
import { header, ORDER, reserveTask, stepEvent, suborder, World } from '../steps/support.ts';

const REQUEST = {
  cancellation: `${ORDER}-C1`,
  order: ORDER,
  bodyHash: 'h',
  requestedAt: '2026-03-02T08:00:00.000Z',
};

/** A step and a request to cancel, whose every read, write and call the scheduler puts in an order of its own. */
async function race(scheduler: fc.Scheduler, noReturn: PointOfNoReturn | undefined) {
  const world = new World();
  world.db.seed('orders', header());
  world.plan(
    suborder('00', { item: undefined, flow: 'order.manage', passedHard: 'start' }),
    suborder('04', { facts: { sku: 'STB-4K' }, ...(noReturn && { noReturn: { reserve: noReturn } }) }),
  );
  const { cancellation } = await keepCancellation(world.deps, REQUEST);
  world.answer = () => ({ reservationId: 'R-1' });
  world.db.before = (operation) => scheduler.schedule(Promise.resolve(), operation);
  const { deps } = world;
  const step = runStep(reserveTask, callUnderlyingSystem(reserveTask, deps), deps, stepEvent()).then(
    () => 'done',
    (error: Error) => error.name,
  );
  await scheduler.waitFor(Promise.all([step, carryOut(deps, cancellation)]));
  world.db.before = async () => {};
  const undo = await prepareUndo(deps, ORDER, '04', () => ({}));
  return {
    step: await step,
    called: world.calls.length,
    task: await readCancellation(deps, ORDER, REQUEST.cancellation),
    undo: undo.steps.map((one) => one.step),
    state: world.suborder()?.state,
  };
}

const points = fc.constantFrom<PointOfNoReturn | undefined>(
  undefined,
  { type: 'soft', at: 'complete' },
  { type: 'hard', at: 'complete' },
  { type: 'soft', at: 'start' },
  { type: 'hard', at: 'start' },
);

describe('however a step and a cancel come in between each other', () => {
  it('either the cancel keeps the step out, or what the step did is undone, or the cancel is refused', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), points, async (scheduler, point) => {
        const { step, called, task, undo } = await race(scheduler, point);
        const refused = task?.taskState === 'terminatedWithError';
        seen.add(`${point?.type} ${point?.at} ${step} ${refused}`);
        // Whatever was done is recorded, so that it is undone, once.
        expect(step).toBe(called === 1 ? 'done' : 'SuborderEnding');
        expect(undo).toEqual(called === 1 ? ['reserve'] : []);
        // Only a hard point of no return refuses, and only when the step was first.
        if (refused) expect([point?.type, called]).toEqual(['hard', 1]);
        if (point?.type === 'hard' && point.at === 'start') expect(refused).toBe(called === 1);
      }),
      { numRuns: 300 },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(['hard start done true', 'hard start SuborderEnding false']),
    );
  });
});

describe('an item that is added while the order is cancelled', () => {
  it('is cancelled with it', async () => {
    const world = new World();
    world.plan(
      suborder('00', { item: undefined, flow: 'order.manage', passedHard: 'start' }),
      suborder('04'),
    );
    const { cancellation } = await keepCancellation(world.deps, REQUEST);
    world.db.before = async (operation) => {
      if (operation === 'transaction' && !world.suborder('05')) world.plan(suborder('05'));
    };
    await carryOut(world.deps, cancellation);
    for (const number of ['04', '05'])
      expect(world.suborder(number)).toMatchObject({ ends: 'cancelled', cancelledBy: REQUEST.cancellation });
    const request = await readCancellation(world.deps, ORDER, REQUEST.cancellation);
    expect(request?.suborders).toEqual(['04', '05']);
  });
});
