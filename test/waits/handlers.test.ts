import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient, TaskTimedOut } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { queueHandler } from '#functions/queue.ts';
import { taskHandler } from '#functions/task-handler.ts';
import { failDeadLetter } from '#functions/waits/dead-letter.ts';
import { park } from '#functions/waits/park.ts';
import { resume } from '#functions/waits/resume.ts';
import { scheduledWakeUp } from '#shared/clients/wake-up.ts';
import { stepEventSchema } from '#shared/steps/run-step.ts';
import { CONTEXT, logged, sqsEvent, streamEvent } from '../steps/lambda.ts';
import { doneStep, NOW, ORDER, plannedWait, stepEvent, suborder, World } from '../steps/support.ts';

const TOKEN = 'very-secret-token';

let world: World;

beforeEach(() => {
  world = new World();
  world.plan(suborder('04', { facts: { trackingId: 'P-1', dueAt: '2026-03-05T08:00:00.000Z' } }));
});

describe('parking', () => {
  const parked = (more: object) =>
    park(world.deps)({
      ...stepEvent({ step: 'deliver', task: 'delivery.await', reaches: 'HW_DELIVERED' }),
      kind: 'event',
      taskToken: TOKEN,
      attempt: { enteredAt: NOW, retryCount: 0 },
      reason: 'Carrier delivers',
      timeLimitSeconds: 3600,
      reminders: [],
      ...more,
    });

  it('an event makes its wait findable by its correlation key, and ends with its time limit', async () => {
    expect(await parked({})).toEqual({ status: 'parked' });
    expect(world.wait('04#deliver#event')).toMatchObject({
      token: TOKEN,
      correlationKey: 'delivery#P-1',
      dueAt: '2026-03-02T09:00:00.000Z',
      completion: { task: 'delivery.await', reaches: 'HW_DELIVERED' },
    });
    expect(world.db.read('inbox', { correlationKey: 'delivery#P-1', sk: 'WAIT' })).toMatchObject({
      order: ORDER,
      wait: '04#deliver#event',
    });
  });

  it('a gate needs nothing of the order, and passes when nothing is pending', async () => {
    await parked({ kind: 'gate', step: 'pick', task: 'logistics.pick-scan' });
    expect(world.wait('04#pick#gate')).toMatchObject({ token: TOKEN, outcome: { result: {} } });
  });

  it('a timer passes when its date has come', async () => {
    await parked({ kind: 'timer', step: 'wait', task: 'timer.until' });
    expect(world.wait('04#wait#timer')).toMatchObject({
      notBefore: '2026-03-05T08:00:00.000Z',
      outcome: { result: {} },
    });
  });

  it('is refused without what the event is recognised by, and the error names it', async () => {
    world.plan(suborder('04'));
    await expect(parked({})).rejects.toMatchObject({ name: 'InputIncomplete', fields: ['trackingId'] });
    expect(world.db.all('waits')).toEqual([]);
  });

  it.each([
    ['event', 'delivery.await'],
    ['timer', 'timer.until'],
  ])('an %s that was completed by hand needs nothing any more', async (kind, task) => {
    world.plan(suborder('04'));
    world.db.seed('suborders', doneStep('deliver', { task }));
    expect(await parked({ kind, task })).toEqual({ status: 'already-done' });
  });

  it.each([
    ['gate', 'logistics.pick-scan'],
    ['event', 'delivery.await'],
    ['timer', 'timer.until'],
  ])('does not let a %s wait in a suborder that is being cancelled', async (kind, task) => {
    world.plan(
      suborder('04', { state: 'pendingCancellation', ends: 'cancelled', facts: { trackingId: 'P-1' } }),
    );
    await expect(parked({ kind, task })).rejects.toMatchObject({ name: 'SuborderEnding' });
    expect(world.db.all('waits')).toEqual([]);
  });

  it('is for the kind of task that it says', async () => {
    await expect(parked({ kind: 'timer' })).rejects.toThrow('delivery.await is not a task of kind timer');
    await expect(parked({ task: 'no.such' })).rejects.toThrow('no.such is not a task of kind event');
  });
});

describe('the function that answers tokens', () => {
  const stepFunctions = mockClient(SFNClient);
  const wakeAt = vi.fn(async () => {});
  const handle = (event: unknown) =>
    resume({ ...world.deps, stepFunctions: new SFNClient({ region: 'eu-north-1' }), wakeAt })(event);
  const ready = (wait: string) => ({
    ...plannedWait(wait, { status: 'open', token: TOKEN, outcome: { result: {} } }),
  });

  beforeEach(() => stepFunctions.reset());

  it('resumes each wait of a batch, in order', async () => {
    const waits = [ready('04#a#gate'), plannedWait('04#b#gate'), ready('04#c#gate')];
    for (const wait of waits) world.db.seed('waits', { ...wait });
    expect(await handle(streamEvent(...waits.map((image) => ({ image }))))).toEqual({
      batchItemFailures: [],
    });
    expect(stepFunctions.commandCalls(SendTaskSuccessCommand)).toHaveLength(2);
  });

  it('stops at the first that cannot be resumed now: it comes again with those behind it', async () => {
    stepFunctions
      .on(SendTaskSuccessCommand)
      .resolvesOnce({})
      .rejectsOnce(new Error(`the service is down, ${TOKEN}`));
    const waits = [ready('04#a#gate'), ready('04#b#gate'), ready('04#c#gate')];
    for (const wait of waits) world.db.seed('waits', wait);
    let answer: unknown;
    const log = await logged(async () => {
      answer = await handle(streamEvent(...waits.map((image) => ({ image }))));
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(stepFunctions.commandCalls(SendTaskSuccessCommand)).toHaveLength(2);
    expect(log).not.toContain(TOKEN);
  });

  it('names the record that it cannot read, and only that one', async () => {
    const broken = { order: ORDER, wait: '04#x#gate', token: TOKEN };
    world.db.seed('waits', ready('04#a#gate'));
    let answer: unknown;
    const log = await logged(async () => {
      answer = await handle(streamEvent({ image: ready('04#a#gate') }, { image: broken }));
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '2' }] });
    expect(log).toContain('04#x#gate');
    expect(log).not.toContain(TOKEN);
  });

  it('does nothing about a wait that was removed', async () => {
    expect(await handle(streamEvent({ before: ready('04#a#gate') }))).toEqual({ batchItemFailures: [] });
  });

  it('looks at the wait itself when its time has come, and at none that is gone', async () => {
    world.db.seed('waits', { ...ready('04#a#gate'), notBefore: NOW });
    await handle({ order: ORDER, wait: '04#a#gate' });
    await handle({ order: ORDER, wait: '04#gone#gate' });
    expect(stepFunctions.commandCalls(SendTaskSuccessCommand)).toHaveLength(1);
    expect(world.wait('04#a#gate')).toMatchObject({ status: 'resumed' });
  });
});

describe('a schedule that wakes a wait', () => {
  const scheduler = mockClient(SchedulerClient);
  const wake = (time: string, wait = '04#pick#gate') =>
    scheduledWakeUp(new SchedulerClient({ region: 'eu-north-1' }))(time, { order: ORDER, wait });
  const names = () =>
    scheduler.commandCalls(CreateScheduleCommand).map(({ args: [{ input }] }) => input.Name ?? '');

  beforeEach(() => {
    scheduler.reset();
    vi.stubEnv('TIMER_GROUP', 'timers');
    vi.stubEnv('TIMER_TARGET_ARN', 'arn:target');
    vi.stubEnv('TIMER_ROLE_ARN', 'arn:role');
  });

  it('runs once, not before the time, and removes itself', async () => {
    await wake('2026-03-05T08:00:00.001Z');
    expect(scheduler.commandCalls(CreateScheduleCommand)[0]?.args[0].input).toEqual({
      Name: expect.stringMatching(/^[\w.-]{1,64}$/),
      GroupName: 'timers',
      ScheduleExpression: 'at(2026-03-05T08:01:00)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:target',
        RoleArn: 'arn:role',
        Input: JSON.stringify({ order: ORDER, wait: '04#pick#gate' }),
      },
    });
  });

  it('is one however often it is asked for', async () => {
    await wake('2026-03-05T08:00:00.000Z');
    scheduler
      .on(CreateScheduleCommand)
      .rejects(new ConflictException({ Message: '', message: '', $metadata: {} }));
    await wake('2026-03-05T08:00:00Z');
    expect(new Set(names()).size).toBe(1);
  });

  it('is another one for another time or another wait, however long the name of the wait is', async () => {
    const long = '100#waitForSomethingThatTakesAVeryLongTime#gate';
    await wake('2026-03-05T08:00:00.000Z', long);
    await wake('2026-03-06T08:00:00.000Z', long);
    await wake('2026-03-05T08:00:00.000Z', `${long}2`);
    expect(new Set(names()).size).toBe(3);
    for (const name of names()) expect(name).toMatch(/^[\w.-]{1,64}$/);
  });

  it('that cannot be made is an error', async () => {
    scheduler.on(CreateScheduleCommand).rejects(new Error('quota'));
    await expect(wake(NOW)).rejects.toThrow('quota');
  });
});

describe('a dead letter', () => {
  const stepFunctions = mockClient(SFNClient);
  const queues = mockClient(SQSClient);
  const fail = (body: unknown) =>
    failDeadLetter(
      {
        stepFunctions: new SFNClient({ region: 'eu-north-1' }),
        queues: new SQSClient({ region: 'eu-north-1' }),
      },
      'https://queue/dead',
    )(body);
  const kept = () => queues.commandCalls(SendMessageCommand).map(({ args: [{ input }] }) => input);

  beforeEach(() => {
    stepFunctions.reset();
    queues.reset();
  });

  it('fails its step, and is kept for people without its token', async () => {
    await fail({ taskToken: TOKEN, order: ORDER, step: 'pick' });
    expect(stepFunctions.commandCalls(SendTaskFailureCommand).map(({ args: [{ input }] }) => input)).toEqual([
      { taskToken: TOKEN, error: 'DeadLetter', cause: 'The message of this step could not be handled' },
    ]);
    expect(kept()).toEqual([
      { QueueUrl: 'https://queue/dead', MessageBody: JSON.stringify({ order: ORDER, step: 'pick' }) },
    ]);
  });

  it('whose token gave up before is kept all the same', async () => {
    stepFunctions.on(SendTaskFailureCommand).rejects(new TaskTimedOut({ message: '', $metadata: {} }));
    await fail({ taskToken: TOKEN, order: ORDER });
    expect(kept()).toHaveLength(1);
  });

  it('without a token is kept', async () => {
    await fail({ order: ORDER });
    expect(stepFunctions.commandCalls(SendTaskFailureCommand)).toEqual([]);
    expect(kept()).toHaveLength(1);
  });

  it('comes again when its step could not be failed, and is not kept yet', async () => {
    stepFunctions.on(SendTaskFailureCommand).rejects(new Error('503'));
    await expect(fail({ taskToken: TOKEN })).rejects.toThrow('503');
    expect(kept()).toEqual([]);
  });
});

describe('a queue handler', () => {
  const handler = (handle: (body: unknown) => Promise<void>) => queueHandler(handle);

  it('reports the messages that failed, and only those', async () => {
    const seen: unknown[] = [];
    const handle = handler(async (body) => {
      seen.push(body);
      if (body === 'bad') throw new Error('no');
    });
    expect(await handle(sqsEvent('"good"', '"bad"', '"also good"'), CONTEXT)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }],
    });
    expect(seen).toEqual(['good', 'bad', 'also good']);
  });

  it('reports all of them when all failed, and none when none did', async () => {
    const failing = handler(async () => Promise.reject(new Error('no')));
    expect(await failing(sqsEvent({}, {}), CONTEXT)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }, { itemIdentifier: 'm1' }],
    });
    expect(await handler(async () => {})(sqsEvent({}), CONTEXT)).toEqual({ batchItemFailures: [] });
  });

  it('reports a message that is not JSON, and never writes to the log what is in it', async () => {
    let answer: unknown;
    const log = await logged(async () => {
      answer = await handler(async () => {})(sqsEvent(`${TOKEN}: broken`, '{}'), CONTEXT);
    });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
    expect(log).toContain('m0');
    expect(log).not.toContain(TOKEN.slice(0, 8));
  });
});

describe('a task handler', () => {
  it('checks what it is given, and answers what was done', async () => {
    const handle = taskHandler(stepEventSchema, async ({ step }) => `did ${step}`);
    expect(await handle(stepEvent(), CONTEXT)).toBe('did reserve');
    await expect(handle({ ...stepEvent(), order: 7 }, CONTEXT)).rejects.toMatchObject({ name: 'ZodError' });
  });

  it.each([
    ['ThrottlingException', 'client'],
    ['ProvisionedThroughputExceededException', 'client'],
    ['InternalServerError', 'server'],
  ])('makes %s of AWS a technical error, which the state retries', async (name, $fault) => {
    const error = Object.assign(new Error('slow down'), { name, $fault, $metadata: {} });
    const handle = taskHandler(stepEventSchema, async () => Promise.reject(error));
    await expect(handle(stepEvent(), CONTEXT)).rejects.toMatchObject({
      name: 'Unavailable',
      message: `AWS: ${name}`,
    });
  });

  it('leaves other errors as they are', async () => {
    const denied = Object.assign(new Error('no'), {
      name: 'AccessDeniedException',
      $fault: 'client',
      $metadata: {},
    });
    const handle = taskHandler(stepEventSchema, async () => Promise.reject(denied));
    await expect(handle(stepEvent(), CONTEXT)).rejects.toBe(denied);
  });
});
