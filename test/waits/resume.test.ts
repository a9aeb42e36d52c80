import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type ResumeDependencies, resumeWait } from '#shared/steps/resume.ts';
import { type Wait, waitSchema } from '#shared/store/records.ts';
import { doneStep, header, NOW, ORDER, plannedWait, suborder, World } from '../steps/support.ts';

const stepFunctions = mockClient(SFNClient);
const wakeAt = vi.fn<ResumeDependencies['wakeAt']>(async () => {});
let world: World;

beforeEach(() => {
  world = new World();
  stepFunctions.reset();
  wakeAt.mockClear();
  vi.stubEnv('FLOW_ARN_PREFIX', 'arn:aws:states:eu-north-1:1:stateMachine:');
  world.plan(suborder('04'));
});

const deps = (): ResumeDependencies => ({
  ...world.deps,
  stepFunctions: new SFNClient({ region: 'eu-north-1' }),
  wakeAt,
});

/** Keeps a wait and resumes it. */
async function resumed(wait: string, more: Partial<Wait> = {}) {
  const record = plannedWait(wait, { status: 'open', ...more });
  world.db.seed('waits', { ...record });
  return resumeWait(deps(), record);
}

const answers = () => stepFunctions.calls().map(({ args: [{ input }] }) => input);
const SUCCESS = { result: { resumeAt: 'pick' } };
const EARLIER = '2026-03-02T07:59:59.999Z';
const LATER = '2026-03-02T08:00:00.001Z';

describe('a wait is resumed when it has all it needs', () => {
  const combinations = [undefined, 'T1'].flatMap((token) =>
    [undefined, ['01:D07']].flatMap((pending) =>
      [undefined, SUCCESS].flatMap((outcome) =>
        [undefined, EARLIER, LATER].map((notBefore) => ({ token, pending, outcome, notBefore })),
      ),
    ),
  );

  it.each(combinations)('%j', async ({ token, pending, outcome, notBefore }) => {
    const wait = {
      ...(token && { token }),
      ...(pending && { pending: new Set(pending) }),
      ...(outcome && { outcome }),
      ...(notBefore && { notBefore }),
    };
    const ready = token !== undefined && outcome !== undefined && pending === undefined;
    const due = notBefore !== LATER;
    expect(await resumed('04#pick#gate', wait)).toBe(ready && due ? 'resumed' : 'waiting');
    expect(answers()).toEqual(ready && due ? [{ taskToken: 'T1', output: '{"resumeAt":"pick"}' }] : []);
    expect(wakeAt.mock.calls.map(([time]) => time)).toEqual(ready && !due ? [LATER] : []);
    const record = world.wait('04#pick#gate');
    expect(record?.status).toBe(ready && due ? 'resumed' : 'open');
    expect(record?.token).toBe(ready && due ? undefined : token);
  });

  it('whose set of pending milestones is empty', async () => {
    expect(await resumed('04#pick#gate', { token: 'T1', outcome: SUCCESS, pending: new Set() })).toBe(
      'resumed',
    );
  });

  it('at the very moment that its time comes, however that is written', async () => {
    for (const notBefore of [NOW, '2026-03-02T08:00:00Z'])
      expect(await resumed('04#pick#gate', { token: 'T1', outcome: SUCCESS, notBefore })).toBe('resumed');
    expect(wakeAt).not.toHaveBeenCalled();
  });

  it('with a failure at once, whatever its time is', async () => {
    const outcome = { error: 'DependencyCancelled', cause: 'Suborder 01 was cancelled' };
    expect(await resumed('04#pick#gate', { token: 'T1', outcome, notBefore: LATER })).toBe('resumed');
    expect(answers()).toEqual([{ taskToken: 'T1', ...outcome }]);
    expect(stepFunctions.commandCalls(SendTaskFailureCommand)).toHaveLength(1);
  });

  it.each(['resumed', 'closed'] as const)('not again when it is %s', async (status) => {
    expect(await resumed('04#pick#gate', { token: 'T1', outcome: SUCCESS, status })).toBe(status);
    expect(answers()).toEqual([]);
  });
});

describe('a token that gave up before', () => {
  const options = { message: '', $metadata: {} };

  it.each([
    ['timed out', new TaskTimedOut(options)],
    ['is not known any more', new TaskDoesNotExist(options)],
    ['is invalid', new InvalidToken(options)],
  ])('because it %s closes the wait', async (_why, error) => {
    stepFunctions.on(SendTaskSuccessCommand).rejects(error);
    expect(await resumed('04#pick#manual', { token: 'T1', outcome: SUCCESS })).toBe('closed');
    expect(world.wait('04#pick#manual')).toMatchObject({ status: 'closed' });
    expect(world.wait('04#pick#manual')).not.toHaveProperty('token');
  });

  it('cannot be told from a service that is down: that is tried again', async () => {
    stepFunctions.on(SendTaskSuccessCommand).rejects(new Error('503'));
    await expect(resumed('04#pick#manual', { token: 'T1', outcome: SUCCESS })).rejects.toThrow('503');
    expect(world.wait('04#pick#manual')).toMatchObject({ status: 'open', token: 'T1' });
  });
});

describe('a newer attempt that was parked meanwhile', () => {
  it('keeps its token', async () => {
    const old = plannedWait('04#pick#manual', { status: 'open', token: 'T1', outcome: SUCCESS });
    const newer = { ...old, token: 'T2', outcome: undefined };
    world.db.seed('waits', newer);
    stepFunctions.on(SendTaskSuccessCommand).rejects(new TaskTimedOut({ message: '', $metadata: {} }));
    expect(await resumeWait(deps(), old)).toBe('closed');
    expect(world.wait('04#pick#manual')).toMatchObject({ status: 'open', token: 'T2' });
  });

  it('keeps its token also when the same record is delivered late again', async () => {
    const wait = plannedWait('04#pick#manual', { status: 'open', token: 'T1', outcome: SUCCESS });
    world.db.seed('waits', { ...wait });
    await resumeWait(deps(), wait);
    stepFunctions.on(SendTaskSuccessCommand).rejects(new TaskTimedOut({ message: '', $metadata: {} }));
    expect(await resumeWait(deps(), wait)).toBe('closed');
    expect(world.wait('04#pick#manual')).toMatchObject({ status: 'resumed' });
  });
});

describe('a timer', () => {
  const due = {
    token: 'T1',
    outcome: { result: {} },
    notBefore: EARLIER,
    completion: { task: 'timer.until', reaches: 'CREDIT_APPROVED', tells: 'ORDER_CONFIRMED' },
  } as const;

  it('records its step when its time has come, then answers', async () => {
    world.db.seed('suborders', doneStep('wait', { status: 'waiting', task: 'timer.until', run: 2 }));
    expect(await resumed('04#wait#timer', due)).toBe('resumed');
    expect(world.step('wait')).toMatchObject({
      status: 'done',
      run: 2,
      by: 'timer',
      tells: 'ORDER_CONFIRMED',
      at: NOW,
    });
    expect(world.suborder()).toMatchObject({ done: 1, milestones: { CREDIT_APPROVED: NOW } });
  });

  it('counts once when its record is delivered twice', async () => {
    world.db.seed('suborders', doneStep('wait', { status: 'waiting', task: 'timer.until' }));
    await resumed('04#wait#timer', due);
    await resumed('04#wait#timer', due);
    expect(world.suborder()).toMatchObject({ done: 1 });
  });

  it('does nothing before its time', async () => {
    expect(await resumed('04#wait#timer', { ...due, notBefore: LATER })).toBe('waiting');
    expect(world.step('wait')).toBeUndefined();
    expect(wakeAt).toHaveBeenCalledExactlyOnceWith(LATER, expect.objectContaining({ wait: '04#wait#timer' }));
  });
});

describe('the start of a suborder that waited', () => {
  it('starts its execution, named by its number, and it is in progress', async () => {
    world.plan(suborder('04', { state: 'acknowledged', flags: { upFront: true } }));
    expect(await resumed('04#start#start', { status: 'planned' })).toBe('resumed');
    expect(stepFunctions.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input)).toEqual([
      {
        stateMachineArn: 'arn:aws:states:eu-north-1:1:stateMachine:set-top-box_create',
        name: `${ORDER}-04`,
        input: JSON.stringify({ order: ORDER, suborder: '04', flags: { upFront: true } }),
      },
    ]);
    expect(world.suborder()).toMatchObject({ state: 'inProgress', startedAt: NOW });
    expect(world.wait('04#start#start')).toMatchObject({ status: 'resumed' });
  });

  it('waits as long as something is pending', async () => {
    const pending = new Set(['01:RELIES_ON']);
    expect(await resumed('04#start#start', { status: 'planned', pending })).toBe('waiting');
    expect(answers()).toEqual([]);
  });

  it('is harmless when it was started before', async () => {
    world.plan(suborder('04', { state: 'held', startedAt: EARLIER }));
    stepFunctions
      .on(StartExecutionCommand)
      .rejects(new ExecutionAlreadyExists({ message: '', $metadata: {} }));
    expect(await resumed('04#start#start', { status: 'planned' })).toBe('resumed');
    expect(world.suborder()).toMatchObject({ state: 'held', startedAt: EARLIER });
  });

  it('lets a suborder that is to be cancelled begin, and leaves its state', async () => {
    world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled' }));
    const outcome = { error: 'DependencyCancelled', cause: '' };
    expect(await resumed('04#start#start', { status: 'planned', outcome })).toBe('resumed');
    expect(stepFunctions.commandCalls(StartExecutionCommand)).toHaveLength(1);
    expect(world.suborder()).toMatchObject({ state: 'pendingCancellation' });
  });
});

describe('a repair', () => {
  beforeEach(() => {
    world.plan(suborder('04', { state: 'held' }));
    world.db.seed('orders', header({ state: 'held' }));
  });

  it('ends the hold of its suborder, and the order follows', async () => {
    expect(await resumed('04#pick#repair', { token: 'T1', outcome: SUCCESS })).toBe('resumed');
    expect(world.suborder()).toMatchObject({ state: 'inProgress' });
    expect(world.header()).toMatchObject({ state: 'inProgress' });
  });

  it('ends the hold before the flow goes on, so that a step that fails again holds it anew', async () => {
    const states: unknown[] = [];
    stepFunctions.on(SendTaskSuccessCommand).callsFake(() => states.push(world.suborder()?.state));
    await resumed('04#pick#repair', { token: 'T1', outcome: SUCCESS });
    expect(states).toEqual(['inProgress']);
  });

  it('leaves the hold to the repair of another step that failed as well', async () => {
    world.db.seed('suborders', doneStep('ship', { status: 'fallout' }));
    await resumed('04#pick#repair', { token: 'T1', outcome: SUCCESS });
    expect(world.suborder()).toMatchObject({ state: 'held' });
  });

  it('leaves a suborder alone that is not held', async () => {
    world.plan(suborder('04', { state: 'pendingCancellation', ends: 'cancelled' }));
    await resumed('04#pick#repair', { token: 'T1', outcome: SUCCESS });
    expect(world.suborder()).toMatchObject({ state: 'pendingCancellation' });
  });

  it('is no reason for other waits to end a hold', async () => {
    await resumed('04#pick#manual', { token: 'T1', outcome: SUCCESS });
    expect(world.suborder()).toMatchObject({ state: 'held' });
  });
});

it('reads the wait as the table keeps it', () => {
  expect(waitSchema.parse(plannedWait('04#pick#gate', { pending: new Set(['a']) })).pending).toEqual(
    new Set(['a']),
  );
});
