import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { BusinessRejection, TechnicalError } from '#shared/domain/errors.ts';
import { fact, sibling, siblings } from '#shared/domain/facts.ts';
import { callUnderlyingSystem, runStep, type StepEvent } from '#shared/steps/run-step.ts';
import { release } from '#shared/tasks/stock.ts';
import type { SystemTask } from '#shared/tasks/task.ts';
import { doneStep, NOW, ORDER, plannedWait, reserveTask, stepEvent, suborder, World } from './support.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.plan(suborder('04', { facts: { sku: 'STB-4K' } }));
  world.answer = () => ({ reservationId: 'R-1' });
});

const run = (event: StepEvent = stepEvent(), task: SystemTask = reserveTask) =>
  runStep(task, callUnderlyingSystem(task, world.deps), world.deps, event);

describe('a step', () => {
  it('collects its input, calls its system, and is recorded with what it found out', async () => {
    expect(await run(stepEvent({ reaches: 'HW_SCANNED', tells: 'HW_SHIPPED' }))).toEqual({
      status: 'done',
      flags: { upFront: false },
    });
    expect(world.calls).toEqual([
      {
        system: 'warehouse',
        operation: 'stock.reserve',
        idempotencyKey: `${ORDER}-04-reserve-1`,
        correlationId: ORDER,
        step: '04.reserve',
        body: { sku: 'STB-4K', quantity: 1 },
      },
    ]);
    expect(world.step('reserve')).toEqual({
      ...doneStep('reserve'),
      outputs: { reservationId: 'R-1' },
      by: 'warehouse',
      reaches: 'HW_SCANNED',
      tells: 'HW_SHIPPED',
      at: NOW,
    });
    expect(world.suborder()).toMatchObject({ done: 1, state: 'inProgress', milestones: { HW_SCANNED: NOW } });
  });

  it('is not done again when it is done already, and answers as it did', async () => {
    world.plan(suborder('04'));
    world.db.seed('suborders', doneStep('reserve', { outputs: { reservationId: 'R-0', upFront: true } }));
    expect(await run()).toEqual({ status: 'replayed', flags: { upFront: true } });
    expect(world.calls).toEqual([]);
    expect(world.db.stream).toEqual([]);
  });

  it('passes when it was skipped, or completed by hand while the suborder is being cancelled', async () => {
    world.db.seed('suborders', doneStep('reserve', { status: 'skipped' }));
    world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled' }));
    expect(await run()).toMatchObject({ status: 'replayed' });
  });

  it('runs with the same key when it is tried again, and another when it runs again', async () => {
    world.answer = () => {
      throw new TechnicalError('Timeout', 'no answer');
    };
    await expect(run()).rejects.toMatchObject({ name: 'Timeout' });
    await expect(run()).rejects.toMatchObject({ name: 'Timeout' });
    expect(world.step('reserve')).toBeUndefined();
    world.answer = () => ({ reservationId: 'R-1' });
    await run();
    world.db.seed('suborders', doneStep('reserve', { status: 'obsolete', run: 2 }));
    await run();
    expect(world.calls.map(({ idempotencyKey }) => idempotencyKey.replace(ORDER, ''))).toEqual([
      '-04-reserve-1',
      '-04-reserve-1',
      '-04-reserve-1',
      '-04-reserve-2',
    ]);
    expect(world.step('reserve')).toMatchObject({ status: 'done', run: 2 });
  });

  it.each(['waiting', 'fallout', 'obsolete'] as const)('that is %s is done', async (status) => {
    world.db.seed('suborders', doneStep('reserve', { status, run: status === 'obsolete' ? 2 : 1 }));
    expect(await run()).toMatchObject({ status: 'done' });
    expect(world.step('reserve')).toMatchObject({ status: 'done' });
  });

  it('does not start when its suborder is being cancelled', async () => {
    for (const state of ['pendingCancellation', 'cancelled'] as const) {
      world.plan(suborder('04', { state, ends: 'cancelled', facts: { sku: 'STB-4K' } }));
      await expect(run()).rejects.toMatchObject({ name: 'SuborderEnding' });
    }
    expect(world.calls).toEqual([]);
  });

  it('that may have been done before its suborder was cancelled is asked for again, and recorded to be undone', async () => {
    world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled', facts: { sku: 'STB-4K' } }));
    const bookable = { ...reserveTask, undo: release };
    await expect(run(stepEvent({ retryCount: 0 }), bookable)).rejects.toMatchObject({
      name: 'SuborderEnding',
    });
    await expect(run(stepEvent({ retryCount: 1 }), reserveTask)).rejects.toMatchObject({
      name: 'SuborderEnding',
    });
    expect(world.calls).toEqual([]);
    expect(await run(stepEvent({ retryCount: 1 }), bookable)).toMatchObject({ status: 'done' });
    expect(world.calls).toMatchObject([{ idempotencyKey: `${ORDER}-04-reserve-1` }]);
    expect(world.step('reserve')).toMatchObject({ status: 'done' });
  });

  it('that a system rejects is not recorded', async () => {
    world.answer = () => {
      throw new BusinessRejection('OUT_OF_STOCK', 'none left');
    };
    await expect(run()).rejects.toMatchObject({ name: 'OUT_OF_STOCK' });
    expect(world.db.stream).toEqual([]);
  });

  it('whose system answers something else is not recorded, and the error names the fields only', async () => {
    world.answer = () => ({ reservationId: 17, upFront: 'Jane' });
    await expect(run()).rejects.toMatchObject({
      name: 'ContractViolation',
      message: 'warehouse broke its contract for stock.reserve: reservationId,upFront in its answer',
    });
    expect(world.db.stream).toEqual([]);
  });

  it('of an unknown suborder is refused', async () => {
    await expect(run(stepEvent({ suborder: '09' }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('that collides with another transaction can be tried again', async () => {
    world.db.cancelNext = ['TransactionConflict', 'None'];
    await expect(run()).rejects.toMatchObject({ name: 'Conflict' });
    expect(await run()).toMatchObject({ status: 'done' });
    expect(new Set(world.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
  });

  it('that was recorded by another delivery meanwhile counts once', async () => {
    world.answer = async () => {
      world.answer = () => ({ reservationId: 'R-1' });
      await run(stepEvent({ reaches: 'HW_SCANNED' }));
      return { reservationId: 'R-1' };
    };
    expect(await run(stepEvent({ reaches: 'HW_SCANNED' }))).toMatchObject({ status: 'replayed' });
    expect(world.suborder()).toMatchObject({ done: 1 });
    expect(world.calls.map(({ idempotencyKey }) => idempotencyKey)).toEqual(
      Array(2).fill(`${ORDER}-04-reserve-1`),
    );
  });
});

describe('the input of a step', () => {
  const task = {
    ...reserveTask,
    input: z.object({ value: z.unknown().optional(), list: z.array(z.string()).optional() }),
    output: z.object({}),
    sets: [],
  } satisfies SystemTask;

  let steps = 0;
  const inputOf = async (given: StepEvent['with']) => {
    await run(stepEvent({ step: `step${steps++}`, with: given }), task);
    return world.calls.at(-1)?.body;
  };

  beforeEach(() => {
    world.answer = () => ({});
  });

  it('must be complete: the error names each field that is missing or wrong', async () => {
    world.plan(suborder('04', { facts: { quantity: 0 } }));
    await expect(run()).rejects.toMatchObject({
      name: 'InputIncomplete',
      fields: ['sku', 'quantity'],
      message: expect.stringMatching(/^Step reserve cannot start: sku: .+; quantity: /),
    });
    expect(world.calls).toEqual([]);
  });

  it('says nothing of what is wrong in it', async () => {
    world.plan(suborder('04', { facts: { sku: { name: 'Jane Doe' } } }));
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain('Jane');
  });

  it('comes from the order, the item, and the steps before, the latest first', async () => {
    const named = {
      ...task,
      input: z.object({ customerId: z.string(), addressId: z.string(), port: z.string() }),
    };
    world.plan(suborder('04', { facts: { addressId: 'A-2', port: 'characteristic' } }));
    world.db.seed('suborders', doneStep('b', { outputs: { port: 'first' }, at: '2026-03-02T07:00:00.000Z' }));
    world.db.seed(
      'suborders',
      doneStep('a', { outputs: { port: 'second' }, at: '2026-03-02T07:30:00.000Z' }),
    );
    world.db.seed('suborders', doneStep('c', { outputs: { port: 'undone' }, status: 'undone' }));
    await run(stepEvent(), named);
    expect(world.calls.at(-1)?.body).toEqual({ customerId: 'C-77', addressId: 'A-2', port: 'second' });
  });

  it('can be given by the flow, as a value or as a fact of another name', async () => {
    world.plan(suborder('04', { facts: { value: 'own', number: '+4520' } }));
    expect(await inputOf({ value: 'given' })).toEqual({ value: 'given' });
    expect(await inputOf({ value: false })).toEqual({ value: false });
    expect(await inputOf({ value: fact('number') })).toEqual({ value: '+4520' });
  });

  describe('from another suborder', () => {
    beforeEach(() => {
      world.plan(
        suborder('04', { siblings: { fibre: ['01'], 'set-top-box': ['05', '06'] }, facts: { value: 'own' } }),
      );
      const line = { suborder: '01', outputs: { lineId: 'L-1' } };
      world.db.seed('suborders', doneStep('assign', line));
      world.db.seed('suborders', doneStep('old', { ...line, outputs: { lineId: 'L-0' }, status: 'undone' }));
      world.db.seed('suborders', doneStep('pick', { suborder: '05', outputs: { deviceId: 'D-5' } }));
      world.db.seed('suborders', doneStep('pick', { suborder: '06', outputs: { deviceId: 'D-6' } }));
      world.db.seed('suborders', doneStep('aaa', { suborder: '06', outputs: { other: 'x' } }));
    });

    it('is a fact of the first of its product', async () => {
      expect(await inputOf({ value: sibling('fibre', 'lineId') })).toEqual({ value: 'L-1' });
    });

    it('is the facts of all of its product', async () => {
      expect(await inputOf({ list: siblings('set-top-box', 'deviceId') })).toEqual({
        value: 'own',
        list: ['D-5', 'D-6'],
      });
    });

    it("is the item's own when the order has no such suborder", async () => {
      expect(await inputOf({ value: sibling('router', 'serialNumber') })).toEqual({ value: 'own' });
    });

    it("is the item's own when none of them knows it", async () => {
      world.plan(suborder('04', { siblings: { 'set-top-box': ['05'] }, facts: { list: ['mine'] } }));
      expect(await inputOf({ list: siblings('set-top-box', 'nothing') })).toEqual({ list: ['mine'] });
    });

    it('is missing when the suborder does not know it yet', async () => {
      const needs = { ...task, input: z.object({ value: z.string() }) };
      await expect(
        run(stepEvent({ with: { value: sibling('fibre', 'port') } }), needs),
      ).rejects.toMatchObject({
        fields: ['value'],
      });
    });
  });
});

describe('a milestone', () => {
  const opens = (milestone: string, ...openings: object[]) =>
    world.db.seed('suborders', {
      ...suborder('04', { facts: { sku: 'STB-4K' } }),
      opens: { [milestone]: openings },
    });

  it('opens the gates that wait for it, with the step in one transaction', async () => {
    world.db.seed('waits', plannedWait('05#tv#gate', { pending: new Set(['02:D05', '04:D06']) }));
    world.db.seed('waits', plannedWait('06#tv#gate', { pending: new Set(['04:D06']) }));
    opens(
      'STB_PROVISIONED',
      { wait: '05#tv#gate', entry: '04:D06' },
      { wait: '06#tv#gate', entry: '04:D06' },
    );
    await run(stepEvent({ reaches: 'STB_PROVISIONED' }));
    expect(world.wait('05#tv#gate')?.pending).toEqual(new Set(['02:D05']));
    expect(world.wait('06#tv#gate')?.pending).toBeUndefined();
    expect(world.db.transactions).toEqual([4]);
  });

  it('that the step does not reach opens nothing', async () => {
    world.db.seed('waits', plannedWait('05#tv#gate', { pending: new Set(['04:D06']) }));
    opens('STB_PROVISIONED', { wait: '05#tv#gate', entry: '04:D06' });
    await run(stepEvent({ reaches: 'HW_SCANNED' }));
    expect(world.wait('05#tv#gate')?.pending).toEqual(new Set(['04:D06']));
  });

  it('of a group of which any will do opens the gate; the next one of the group changes nothing', async () => {
    world.db.seed('waits', plannedWait('05#pick#gate', { pending: new Set(['04:D07']) }));
    const opening = { wait: '05#pick#gate', entry: '04:D07' };
    world.db.seed('suborders', {
      ...suborder('04', { facts: { sku: 'x' } }),
      opens: { LINE_DATE_CONFIRMED: [opening], LINE_BUILT: [opening] },
    });
    await run(stepEvent({ reaches: 'LINE_BUILT' }));
    expect(world.wait('05#pick#gate')?.pending).toBeUndefined();
    await run(stepEvent({ step: 'later', reaches: 'LINE_DATE_CONFIRMED' }));
    expect(world.wait('05#pick#gate')).toEqual(plannedWait('05#pick#gate'));
  });

  it('COMPLETE ends the suborder, for those that wait for its end as well', async () => {
    world.db.seed(
      'waits',
      plannedWait('00#close#gate', { pending: new Set(['04:SUBORDERS', '05:SUBORDERS']) }),
    );
    world.db.seed('waits', plannedWait('05#start#start', { pending: new Set(['04:RELIES_ON']) }));
    world.db.seed('suborders', {
      ...suborder('04', { facts: { sku: 'x' } }),
      opens: {
        COMPLETE: [{ wait: '05#start#start', entry: '04:RELIES_ON' }],
        ENDED: [{ wait: '00#close#gate', entry: '04:SUBORDERS' }],
      },
    });
    await run(stepEvent({ reaches: 'COMPLETE' }));
    expect(world.suborder()).toMatchObject({
      state: 'completed',
      endedAt: NOW,
      milestones: { COMPLETE: NOW },
    });
    expect(world.wait('00#close#gate')?.pending).toEqual(new Set(['05:SUBORDERS']));
    expect(world.wait('05#start#start')?.pending).toBeUndefined();
  });

  it('COMPLETE does not end a suborder whose cancellation was accepted while its last step ran', async () => {
    opens('COMPLETE', { wait: '05#start#start', entry: '04:RELIES_ON' });
    world.db.seed('waits', plannedWait('05#start#start', { pending: new Set(['04:RELIES_ON']) }));
    world.answer = () => {
      world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled' }));
      return { reservationId: 'R-1' };
    };
    await expect(run(stepEvent({ reaches: 'COMPLETE' }))).rejects.toMatchObject({ name: 'SuborderEnding' });
    expect(world.suborder()).toMatchObject({ state: 'pendingCancellation' });
    expect(world.wait('05#start#start')?.pending).toEqual(new Set(['04:RELIES_ON']));
    // The effect is out in the world, so it stands on record and can be undone.
    expect(world.step('reserve')).toMatchObject({ status: 'done', outputs: { reservationId: 'R-1' } });
  });

  it('opens more gates than a transaction holds, all of them before the step counts as done', async () => {
    const waits = Array.from({ length: 150 }, (_, index) => `${String(index + 10).padStart(3, '0')}#tv#gate`);
    for (const wait of waits) world.db.seed('waits', plannedWait(wait, { pending: new Set(['04:D06']) }));
    opens('STB_PROVISIONED', ...waits.map((wait) => ({ wait, entry: '04:D06' })));
    world.db.cancelNext = ['TransactionConflict'];
    await expect(run(stepEvent({ reaches: 'STB_PROVISIONED' }))).rejects.toMatchObject({ name: 'Conflict' });
    expect(world.step('reserve')).toBeUndefined();
    expect(await run(stepEvent({ reaches: 'STB_PROVISIONED' }))).toMatchObject({ status: 'done' });
    expect(waits.filter((wait) => world.wait(wait)?.pending !== undefined)).toEqual([]);
    expect(Math.max(...world.db.transactions)).toBeLessThanOrEqual(100);
  });

  it.each([
    ['2026-04-08T08:00:00.000Z', '2026-03-31T08:00:00.000Z'],
    ['2026-04-08', '2026-03-31T00:00:00.000Z'],
    ['2026-04-08T10:00:00+02:00', '2026-03-31T08:00:00.000Z'],
  ])(
    'with the date %s opens a shifted gate working days earlier, at %s',
    async (confirmedDate, notBefore) => {
      world.db.seed('waits', plannedWait('05#pick#gate', { pending: new Set(['04:D07', '02:X']) }));
      opens('LINE_DATE_CONFIRMED', { wait: '05#pick#gate', entry: '04:D07', workingDaysBefore: 3 });
      world.answer = () => ({ reservationId: 'R-1', confirmedDate });
      await run(stepEvent({ reaches: 'LINE_DATE_CONFIRMED' }));
      expect(world.wait('05#pick#gate')).toMatchObject({ notBefore, pending: new Set(['02:X']) });
    },
  );

  it('without a date opens a shifted gate at once, also when an earlier date kept it closed', async () => {
    world.db.seed('waits', plannedWait('05#pick#gate', { notBefore: '2026-06-01T08:00:00.000Z' }));
    opens('LINE_BUILT', { wait: '05#pick#gate', entry: '04:D07', workingDaysBefore: 3 });
    await run(stepEvent({ reaches: 'LINE_BUILT' }));
    expect(world.wait('05#pick#gate')?.notBefore).toBeUndefined();
  });

  it('with a date opens other gates at once', async () => {
    world.db.seed('waits', plannedWait('05#tv#gate', { pending: new Set(['04:D06']) }));
    opens('LINE_DATE_CONFIRMED', { wait: '05#tv#gate', entry: '04:D06' });
    world.answer = () => ({ reservationId: 'R-1', confirmedDate: '2026-04-08' });
    await run(stepEvent({ reaches: 'LINE_DATE_CONFIRMED' }));
    expect(world.wait('05#tv#gate')).toEqual(plannedWait('05#tv#gate'));
  });
});

describe('the time of a step', () => {
  it('is after every step that was done before it, whatever the clock says', async () => {
    world.db.seed('suborders', doneStep('before', { at: '2026-03-02T08:00:00.004Z' }));
    await run();
    expect(world.step('reserve')).toMatchObject({ at: '2026-03-02T08:00:00.005Z' });
  });
});
