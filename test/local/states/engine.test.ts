import { describe, expect, test } from 'vitest';
import { Bench, callback, EXECUTION, failedFunction, HOUR, invoke, MACHINE, SECOND } from './harness.ts';

const DAY = 24 * HOUR;
const code = (name: string) => expect.objectContaining({ code: name });

describe('starting', () => {
  test('the same name and input as a running execution is that execution', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() });
    const first = await bench.run({ a: 1 });
    const again = (input: string) => bench.engine.start({ stateMachineArn: MACHINE, name: 'one', input });

    expect(again('{"a":1}')).toEqual({
      executionArn: first,
      startDate: bench.engine.describe(first).startDate,
    });
    expect(() => again('{"a":2}')).toThrow(code('ExecutionAlreadyExists'));

    bench.engine.sendTaskSuccess({ taskToken: bench.token(), output: '{}' });
    await bench.settle();
    expect(() => again('{"a":1}')).toThrow(code('ExecutionAlreadyExists'));
    await bench.pass(91 * DAY);
    expect(again('{"a":1}').executionArn).toBe(first);
  });

  test.each([
    [
      { stateMachineArn: 'arn:aws:states:eu-west-1:111111111111:stateMachine:Other' },
      'StateMachineDoesNotExist',
    ],
    [{ name: 'with space' }, 'InvalidName'],
    [{ name: 'x'.repeat(81) }, 'InvalidName'],
    [{ input: '{' }, 'InvalidExecutionInput'],
    [{ input: JSON.stringify('x'.repeat(262_143)) }, 'ValidationException'],
  ])('%j is refused', (request, name) => {
    const bench = new Bench();
    bench.load({ Done: { Type: 'Succeed' } });

    expect(() => bench.engine.start({ stateMachineArn: MACHINE, ...request })).toThrow(code(name));
  });

  test('an execution keeps the definition it started with', async () => {
    const bench = new Bench();
    bench.load({
      Wait: { Type: 'Wait', Seconds: 5, Next: 'Old' },
      Old: { Type: 'Pass', Output: 'old', End: true },
    });
    const arn = await bench.run();

    bench.load({ New: { Type: 'Pass', Output: 'new', End: true } });
    await bench.pass(5 * SECOND);

    expect(bench.output(arn)).toBe('old');
    expect(bench.engine.describeStateMachineForExecution(arn).definition).toContain('"Old"');
    expect(bench.output(await bench.run({}, 'two'))).toBe('new');
  });

  test('an express execution needs no unique name and ends after five minutes', async () => {
    const bench = new Bench();
    bench.load({ Wait: { Type: 'Wait', Seconds: 600, End: true } }, {}, 'EXPRESS');

    const arns = [await bench.run(), await bench.run()];
    await bench.pass(300 * SECOND);

    expect(new Set(arns).size).toBe(2);
    expect(arns.map((arn) => bench.engine.describe(arn).status)).toEqual(['TIMED_OUT', 'TIMED_OUT']);
  });
});

describe('time', () => {
  test('a machine that takes too long times out with what runs in it', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() }, { TimeoutSeconds: 30 });
    const arn = await bench.run();

    await bench.pass(30 * SECOND);

    expect(bench.engine.describe(arn).status).toBe('TIMED_OUT');
    expect(bench.types(arn).at(-1)).toBe('ExecutionTimedOut');
    expect(() => bench.engine.sendTaskSuccess({ taskToken: bench.token(), output: '1' })).toThrow(
      code('TaskTimedOut'),
    );
    expect(bench.clock.nextDue()).toBeUndefined();
  });

  test('no execution runs longer than a year', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() });
    const arn = await bench.run();

    await bench.pass(365 * DAY);

    expect(bench.engine.describe(arn).status).toBe('TIMED_OUT');
  });

  test('a wait ends at its moment, of which $now knows', async () => {
    const bench = new Bench();
    bench.load({
      Wait: { Type: 'Wait', Timestamp: '{% $states.input.until %}', Next: 'Now' },
      Now: {
        Type: 'Pass',
        Output: ['{% $now() %}', '{% $millis() %}', '{% $now("[Y]-[M01]") %}'],
        End: true,
      },
    });
    const arn = await bench.run({ until: '2025-05-01T02:00:00+02:00' });

    await bench.pass(365 * DAY);

    const time = Date.parse('2025-05-01T00:00:00Z');
    expect(bench.output(arn)).toEqual(['2025-05-01T00:00:00.000Z', time, '2025-05']);
  });

  test('waiting is no activity', async () => {
    const bench = new Bench();
    bench.load({ Wait: { Type: 'Wait', Seconds: 60, End: true } });

    await bench.run();

    await expect(bench.activity.idle()).resolves.toBeUndefined();
  });
});

describe('looking', () => {
  test('executions are listed newest first, by status and page', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() });
    for (const name of ['a', 'b', 'c']) await bench.run({}, name);
    await bench.engine.stop({ executionArn: `${EXECUTION}:b` });

    const { executions, nextToken } = bench.engine.list({ stateMachineArn: MACHINE, maxResults: 2 });
    const rest = bench.engine.list({ stateMachineArn: MACHINE, nextToken });
    const running = bench.engine.list({ stateMachineArn: MACHINE, statusFilter: 'RUNNING' });

    expect(executions.map(({ name }) => name)).toEqual(['c', 'b']);
    expect(rest.executions.map(({ name }) => name)).toEqual(['a']);
    expect(rest.nextToken).toBeUndefined();
    expect(running.executions.map(({ name }) => name)).toEqual(['c', 'a']);
  });

  test('a history comes in pages, backwards when asked', async () => {
    const bench = new Bench();
    bench.load({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } });
    const executionArn = await bench.run();

    const first = bench.engine.history({ executionArn, reverseOrder: true, maxResults: 4 });
    const second = bench.engine.history({ executionArn, reverseOrder: true, nextToken: first.nextToken });

    expect([...first.events, ...second.events].map(({ id }) => id)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('every status is told', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() });
    const executionArn = await bench.run();

    await bench.engine.stop({ executionArn, error: 'Enough', cause: 'by hand' });

    expect(bench.statuses).toEqual(['RUNNING', 'ABORTED']);
    expect(bench.engine.describe(executionArn)).toMatchObject({
      error: 'Enough',
      cause: 'by hand',
      redriveStatus: 'REDRIVABLE',
    });
    expect(() => bench.engine.describe('arn')).toThrow(code('ExecutionDoesNotExist'));
  });
});

describe('redriving', () => {
  test('goes on from the failed state only, with a new token and fresh retries', async () => {
    const bench = new Bench();
    let broken = true;
    bench.answer = () => (broken ? failedFunction('Broken') : { StatusCode: 200, Payload: 'mended' });
    bench.load({
      Before: { Type: 'Pass', Assign: { x: 1 }, Next: 'Work' },
      Work: invoke({ Output: '{% [$x, $states.result.Payload] %}' }),
    });
    const executionArn = await bench.run();
    expect(bench.engine.describe(executionArn).status).toBe('FAILED');

    broken = false;
    bench.engine.redrive({ executionArn });
    await bench.settle();

    expect(bench.output(executionArn)).toEqual([1, 'mended']);
    expect(bench.types(executionArn).slice(-6)).toEqual([
      'ExecutionRedriven',
      'TaskScheduled',
      'TaskStarted',
      'TaskSucceeded',
      'TaskStateExited',
      'ExecutionSucceeded',
    ]);
    expect(bench.engine.describe(executionArn)).toMatchObject({
      redriveCount: 1,
      redriveStatus: 'NOT_REDRIVABLE',
    });
    expect(bench.statuses).toEqual(['RUNNING', 'FAILED', 'RUNNING', 'SUCCEEDED']);
  });

  test('leaves alone the branches and iterations that succeeded', async () => {
    const bench = new Bench();
    const invoked: unknown[] = [];
    let broken = true;
    bench.answer = ({ input }) => {
      invoked.push(input.Payload);
      return broken && input.Payload === 2
        ? failedFunction('Broken')
        : { StatusCode: 200, Payload: input.Payload };
    };
    bench.load({
      Both: {
        Type: 'Parallel',
        Branches: [
          { StartAt: 'One', States: { One: { Type: 'Pass', Output: 'one', End: true } } },
          {
            StartAt: 'Each',
            States: {
              Each: {
                Type: 'Map',
                Items: [1, 2, 3],
                MaxConcurrency: 1,
                ItemProcessor: { StartAt: 'Work', States: { Work: invoke() } },
                End: true,
              },
            },
          },
        ],
        End: true,
      },
    });
    const executionArn = await bench.run();

    broken = false;
    bench.engine.redrive({ executionArn });
    await bench.settle();

    expect(bench.output(executionArn)).toEqual(['one', [1, 2, 3]]);
    expect(invoked).toEqual([1, 2, 2, 3]);
  });

  test('is refused to what succeeded, runs, or ended two weeks ago', async () => {
    const bench = new Bench();
    bench.load({ Ask: callback() });
    const executionArn = await bench.run();
    const redrive = () => bench.engine.redrive({ executionArn });

    expect(redrive).toThrow(code('ExecutionNotRedrivable'));
    await bench.engine.stop({ executionArn });
    await bench.pass(15 * DAY);
    expect(redrive).toThrow(code('ExecutionNotRedrivable'));
  });
});

test('a loop ends when the history is full', async () => {
  const bench = new Bench();
  bench.load({
    Go: { Type: 'Pass', Next: 'Again' },
    Again: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'Go' },
    End: { Type: 'Succeed' },
  });

  const arn = await bench.run();

  expect(bench.engine.describe(arn)).toMatchObject({
    error: 'States.Runtime',
    cause: 'The execution reached the maximum number of history events (25000).',
  });
  const [last] = bench.engine.history({ executionArn: arn, reverseOrder: true, maxResults: 1 }).events;
  expect(last).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
});

test('a loop in an express machine or in a distributed Map ends too', async () => {
  const loop = {
    StartAt: 'Go',
    States: {
      Go: { Type: 'Pass', Next: 'Again' },
      Again: { Type: 'Choice', Choices: [{ Condition: false, Next: 'End' }], Default: 'Go' },
      End: { Type: 'Succeed' },
    },
  };
  const express = new Bench();
  express.load(loop.States, {}, 'EXPRESS');
  const standard = new Bench();
  const ItemProcessor = { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...loop };
  standard.load({ Each: { Type: 'Map', Items: [1], ItemProcessor, End: true } });

  for (const bench of [express, standard])
    expect(bench.engine.describe(await bench.run())).toMatchObject({ error: 'States.Runtime' });
});
