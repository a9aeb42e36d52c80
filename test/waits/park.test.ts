import { beforeEach, describe, expect, it } from 'vitest';
import { attemptKey, type Parking, parkWait } from '#shared/steps/waits.ts';
import { doneStep, NOW, ORDER, plannedWait, suborder, World } from '../steps/support.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.plan(suborder());
});

const ENTERED = '2026-03-02T07:59:00.000Z';

const parking = (more: Partial<Parking> = {}): Parking => ({
  order: ORDER,
  suborder: '04',
  step: 'pick',
  task: 'logistics.pick-scan',
  kind: 'manual',
  token: 'T1',
  attempt: attemptKey({ enteredAt: ENTERED, retryCount: 0 }),
  reason: 'Pick and scan',
  dueAt: '2026-03-03T08:00:00.000Z',
  ...more,
});
const retry = (retryCount: number) => attemptKey({ enteredAt: ENTERED, retryCount });
const park = (more: Partial<Parking> = {}) => parkWait(world.deps, parking(more));

describe('attempts', () => {
  it('are in order of the time that the state was entered, then of the retry', () => {
    const keys = [
      attemptKey({ enteredAt: '2026-03-02T07:59:00Z', retryCount: 0 }),
      attemptKey({ enteredAt: '2026-03-02T07:59:00.000Z', retryCount: 2 }),
      attemptKey({ enteredAt: '2026-03-02T07:59:00.000Z', retryCount: 10 }),
      attemptKey({ enteredAt: '2026-03-02T07:59:00.001Z', retryCount: 0 }),
      attemptKey({ enteredAt: '2026-03-02T09:00:00.000+01:00', retryCount: 0 }),
    ];
    expect([...keys].sort()).toEqual(keys);
  });
});

describe('a token', () => {
  it('is parked with what its step does when it completes, and the step waits', async () => {
    expect(await park({ reaches: 'HW_SCANNED', tells: 'HW_SHIPPED', correlationKey: 'delivery#P1' })).toBe(
      'parked',
    );
    expect(world.wait('04#pick#manual')).toEqual({
      order: ORDER,
      wait: '04#pick#manual',
      suborder: '04',
      step: 'pick',
      kind: 'manual',
      token: 'T1',
      attempt: retry(0),
      reason: 'Pick and scan',
      dueAt: '2026-03-03T08:00:00.000Z',
      correlationKey: 'delivery#P1',
      status: 'open',
      completion: { task: 'logistics.pick-scan', reaches: 'HW_SCANNED', tells: 'HW_SHIPPED' },
    });
    expect(world.step('pick')).toMatchObject({ status: 'waiting', run: 1, startedAt: NOW, at: NOW });
  });

  it('parked again by the same message changes nothing', async () => {
    await park();
    const writes = world.db.stream.length;
    expect(await park()).toBe('already-parked');
    expect(world.db.stream).toHaveLength(writes);
  });

  it('of an older attempt is dropped', async () => {
    await park({ token: 'T2', attempt: retry(1) });
    expect(await park({ token: 'T1', attempt: retry(0) })).toBe('stale');
    expect(world.wait('04#pick#manual')).toMatchObject({ token: 'T2' });
  });

  it('of a newer attempt takes the place of the old one, and forgets what was answered to that', async () => {
    await park();
    world.db.seed('waits', {
      ...world.wait('04#pick#manual'),
      status: 'resumed',
      outcome: { error: 'NO', cause: '' },
      token: undefined,
    });
    expect(await park({ token: 'T2', attempt: retry(1) })).toBe('parked');
    const wait = world.wait('04#pick#manual');
    expect(wait).toMatchObject({ token: 'T2', status: 'open', attempt: retry(1) });
    expect(wait).not.toHaveProperty('outcome');
  });

  it('keeps when its step began, and its run', async () => {
    world.db.seed(
      'suborders',
      doneStep('pick', { status: 'obsolete', run: 3, startedAt: '2026-02-01T08:00:00.000Z' }),
    );
    await park();
    expect(world.step('pick')).toMatchObject({
      status: 'waiting',
      run: 3,
      startedAt: '2026-02-01T08:00:00.000Z',
    });
  });

  it('is parked together with the writes that come with it, or not at all', async () => {
    const extra = (condition: string) => [
      {
        Put: {
          TableName: 'bindings',
          Item: { binding: 'SERIAL#1', order: ORDER },
          ConditionExpression: condition,
        },
      },
    ];
    await expect(park({ extra: extra('attribute_exists(binding)') })).rejects.toThrow(
      `Could not park 04#pick#manual of ${ORDER}`,
    );
    expect(world.wait('04#pick#manual')).toBeUndefined();
    expect(await park({ extra: extra('attribute_not_exists(binding)') })).toBe('parked');
    expect(world.db.all('bindings')).toHaveLength(1);
  });

  it('never stands in an error', async () => {
    world.db.cancelNext = ['TransactionConflict'];
    const error: unknown = await park({ token: 'SECRET' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'Conflict' });
    expect(JSON.stringify(error) + String(error)).not.toContain('SECRET');
  });
});

describe('the token of a step that is done by now', () => {
  it.each(['done', 'skipped'] as const)('passes at once: %s', async (status) => {
    world.db.seed('suborders', doneStep('pick', { status }));
    expect(await park()).toBe('already-done');
    expect(world.wait('04#pick#manual')).toMatchObject({
      token: 'T1',
      status: 'open',
      outcome: { result: {} },
    });
    expect(world.step('pick')).toMatchObject({ status });
    expect(await park()).toBe('already-parked');
  });

  it('passes at once also when it is a timer that was not due yet', async () => {
    world.db.seed('waits', plannedWait('04#wait#timer', { notBefore: '2026-05-01T08:00:00.000Z' }));
    world.db.seed('suborders', doneStep('wait', { task: 'timer.until' }));
    const later = { step: 'wait', kind: 'timer', notBefore: '2026-05-01T08:00:00.000Z' } as const;
    expect(await park({ ...later, outcome: { result: {} } })).toBe('already-done');
    expect(world.wait('04#wait#timer')).not.toHaveProperty('notBefore');
  });

  it('does not make it wait again when it was completed while the token was being parked', async () => {
    await park();
    world.db.before = async (operation) => {
      if (operation !== 'transaction') return;
      world.db.before = async () => {};
      world.db.seed(
        'suborders',
        doneStep('pick', { task: 'logistics.pick-scan', outputs: { serialNumber: 'S' } }),
      );
    };
    expect(await park({ token: 'T2', attempt: retry(1) })).toBe('already-done');
    expect(world.step('pick')).toMatchObject({ status: 'done', outputs: { serialNumber: 'S' } });
    expect(world.wait('04#pick#manual')).toMatchObject({ token: 'T2', outcome: { result: {} } });
  });
});

describe('the token of a gate', () => {
  const gate = { kind: 'gate', outcome: { result: {} } } as const;

  it('waits for what planning says is pending, and says nothing about the step', async () => {
    world.db.seed('waits', plannedWait('04#pick#gate', { pending: new Set(['01:D07']) }));
    expect(await park(gate)).toBe('parked');
    expect(world.wait('04#pick#gate')).toMatchObject({
      pending: new Set(['01:D07']),
      status: 'open',
      outcome: { result: {} },
    });
    expect(world.step('pick')).toBeUndefined();
  });

  it('keeps the outcome of a gate whose source was cancelled, whenever it is asked', async () => {
    const failed = { error: 'DependencyCancelled', cause: 'Suborder 01 was cancelled' };
    world.db.seed('waits', plannedWait('04#pick#gate', { outcome: failed }));
    await park(gate);
    expect(world.wait('04#pick#gate')).toMatchObject({ outcome: failed });
    await park({ ...gate, token: 'T2', attempt: retry(1) });
    expect(world.wait('04#pick#gate')).toMatchObject({ token: 'T2', outcome: failed });
  });

  it('is parked without a plan when nothing in the order applies to it', async () => {
    expect(await park(gate)).toBe('parked');
    expect(world.wait('04#pick#gate')).not.toHaveProperty('pending');
  });

  it('keeps the time before which it stays closed', async () => {
    world.db.seed('waits', plannedWait('04#pick#gate', { notBefore: '2026-05-01T08:00:00.000Z' }));
    await park(gate);
    expect(world.wait('04#pick#gate')).toMatchObject({ notBefore: '2026-05-01T08:00:00.000Z' });
  });
});

describe('repair and undo', () => {
  it.each(['repair', 'undo'] as const)('a %s says nothing about the step that it is for', async (kind) => {
    world.db.seed('suborders', doneStep('pick'));
    expect(await park({ kind })).toBe('parked');
    expect(world.step('pick')).toEqual(doneStep('pick'));
    expect(world.wait(`04#pick#${kind}`)).not.toHaveProperty('outcome');
  });
});
