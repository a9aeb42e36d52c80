import { expect, test } from 'vitest';
import { AwsError } from '#local/aws.ts';
import {
  Bench,
  callback,
  EXECUTION,
  FUNCTION,
  failedFunction,
  HOUR,
  invoke,
  MACHINE,
  SECOND,
} from './harness.ts';

test('a retry waits longer each time, up to its limit, and is told as a transition', async () => {
  const bench = new Bench();
  const times: number[] = [];
  bench.answer = () => {
    times.push(bench.clock.now());
    return failedFunction('Busy');
  };
  const Retry = [
    { ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 4, MaxDelaySeconds: 10 },
  ];
  bench.load({ Work: invoke({ Retry }) });

  const arn = await bench.run();
  await bench.pass(HOUR);

  const [first = 0] = times;
  expect(times.map((time) => (time - first) / SECOND)).toEqual([0, 2, 8, 18, 28]);
  expect(bench.engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'Busy' });
  expect(bench.transitions.map(({ reason }) => reason)).toEqual([
    'entered',
    'retry',
    'retry',
    'retry',
    'retry',
  ]);
});

test('full jitter stays within the delay and is drawn from the given chance', async () => {
  const bench = new Bench();
  const times: number[] = [];
  bench.answer = () => {
    times.push(bench.clock.now());
    return failedFunction('Busy');
  };
  const Retry = [
    {
      ErrorEquals: ['States.ALL'],
      IntervalSeconds: 60,
      BackoffRate: 1,
      MaxAttempts: 2,
      JitterStrategy: 'FULL',
    },
  ];
  bench.load({ Work: invoke({ Retry }) });

  await bench.run();
  await bench.pass(HOUR);

  const [first = 0, second = 0, third = 0] = times;
  for (const delay of [second - first, third - second]) {
    expect(delay).toBeGreaterThan(0);
    expect(delay).toBeLessThan(60 * SECOND);
  }
  expect(second - first).not.toBe(third - second);
});

test('retries are counted per retrier, and a success goes on', async () => {
  const bench = new Bench();
  const answers = [failedFunction('A'), failedFunction('B'), failedFunction('A')];
  bench.answer = () => answers.shift() ?? { StatusCode: 200, Payload: 'finally' };
  const Retry = ['A', 'B'].map((name) => ({ ErrorEquals: [name], MaxAttempts: 2 }));
  bench.load({ Work: invoke({ Retry }) });

  const arn = await bench.run();
  await bench.pass(HOUR);

  expect(bench.output(arn)).toBe('finally');
});

test.each([
  [
    'lambda:invoke',
    'lambda',
    new AwsError('TooManyRequestsException', 'slow', 429),
    'Lambda.TooManyRequestsException',
  ],
  [
    'lambda:invoke',
    'lambda',
    new AwsError('AccessDeniedException', 'not you', 403),
    'Lambda.AWSLambdaException',
  ],
  ['sqs:sendMessage', 'sqs', new AwsError('QueueDoesNotExist', 'gone'), 'SQS.QueueDoesNotExistException'],
  [
    'dynamodb:putItem',
    'dynamodb',
    new AwsError('ConditionalCheckFailedException', 'no'),
    'DynamoDB.ConditionalCheckFailedException',
  ],
  [
    'states:startExecution',
    'states',
    new AwsError('ExecutionAlreadyExists', 'there'),
    'StepFunctions.ExecutionAlreadyExistsException',
  ],
  [
    'aws-sdk:sfn:startExecution',
    'states',
    new AwsError('ExecutionAlreadyExists', 'there'),
    'Sfn.ExecutionAlreadyExistsException',
  ],
  [
    'aws-sdk:secretsmanager:getSecretValue',
    'secretsmanager',
    new AwsError('AccessDeniedException', 'no'),
    'SecretsManager.SecretsManagerException',
  ],
])('%s names the failure of %s %s', async (resource, service, failure, name) => {
  const bench = new Bench();
  bench.answer = () => {
    throw failure;
  };
  const Arguments = {
    lambda: { FunctionName: 'f' },
    sqs: { QueueUrl: 'q', MessageBody: 'm' },
    dynamodb: { TableName: 't', Item: {} },
    states: { StateMachineArn: 's' },
    secretsmanager: { SecretId: 's' },
  }[service];
  bench.load({ Work: { Type: 'Task', Resource: `arn:aws:states:::${resource}`, Arguments, End: true } });

  const arn = await bench.run();

  expect(bench.calls).toMatchObject([{ service, principal: 'role' }]);
  expect(bench.engine.describe(arn)).toMatchObject({
    error: name,
    cause: expect.stringContaining(failure.message),
  });
});

test('a callback closes its token: a second answer is told that the task is gone', async () => {
  const bench = new Bench();
  bench.load({ Ask: callback() });
  const arn = await bench.run();
  const taskToken = bench.token();

  bench.engine.sendTaskSuccess({ taskToken, output: '{"ok":true}' });

  const late = () => bench.engine.sendTaskFailure({ taskToken });
  expect(late).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
  await bench.settle();
  expect(bench.output(arn)).toEqual({ ok: true });
  expect(late).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
});

test('a callback that is answered before its message is accepted counts afterwards', async () => {
  const bench = new Bench();
  bench.answer = () => {
    bench.engine.sendTaskSuccess({ taskToken: bench.token(), output: '1' });
    return { MessageId: 'id' };
  };
  bench.load({ Ask: callback() });

  const arn = await bench.run();

  expect(bench.types(arn).slice(3, 6)).toEqual(['TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
});

test('tokens that nobody gave out are refused', () => {
  const bench = new Bench();
  const answer = (taskToken: string) => () => bench.engine.sendTaskHeartbeat({ taskToken });

  expect(answer('made up')).toThrow(expect.objectContaining({ code: 'InvalidToken' }));
  const unknown = Buffer.from(JSON.stringify([EXECUTION, 'x'])).toString('base64');
  expect(answer(unknown)).toThrow(expect.objectContaining({ code: 'TaskDoesNotExist' }));
});

test('heartbeats keep a task alive until one is missed, which can be caught by name', async () => {
  const bench = new Bench();
  const Catch = [
    { ErrorEquals: ['States.HeartbeatTimeout'], Next: 'Late', Output: '{% $states.errorOutput %}' },
  ];
  bench.load({
    Ask: callback({ HeartbeatSeconds: 10, TimeoutSeconds: 600, Catch }),
    Late: { Type: 'Succeed' },
  });
  const arn = await bench.run();
  const taskToken = bench.token();

  for (let beat = 0; beat < 5; beat++) {
    await bench.pass(9 * SECOND);
    bench.engine.sendTaskHeartbeat({ taskToken });
  }
  expect(bench.engine.describe(arn).status).toBe('RUNNING');
  await bench.pass(10 * SECOND);

  expect(bench.output(arn)).toEqual({ Error: 'States.Timeout', Cause: '' });
});

test('a failure without error and cause is caught by States.ALL with nulls', async () => {
  const bench = new Bench();
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Late' }];
  bench.load({ Ask: callback({ Catch }), Late: { Type: 'Succeed' } });
  const arn = await bench.run();

  bench.engine.sendTaskFailure({ taskToken: bench.token() });
  await bench.settle();

  expect(bench.output(arn)).toEqual({ Error: null, Cause: null });
});

test('a child execution is waited for, and stopped when its task times out', async () => {
  const bench = new Bench();
  const child = MACHINE.replace('Machine', 'Child').replace(':Machine', ':Child');
  bench.engine.load({
    arn: child,
    name: 'Child',
    roleArn: 'role',
    type: 'STANDARD',
    definition: {
      QueryLanguage: 'JSONata',
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: '{% $states.input.seconds %}', Output: { slept: true }, End: true },
      },
    },
  });
  bench.answer = async ({ action, input }) => {
    if (action === 'StopExecution') return bench.engine.stop({ executionArn: String(input.executionArn) });
    const { executionArn, startDate } = bench.engine.start({
      stateMachineArn: child,
      input: String(input.input),
    });
    return { executionArn, startDate: startDate / SECOND };
  };
  bench.load({
    Start: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: child, Input: '{% $states.input %}' },
      TimeoutSeconds: 60,
      Output: '{% $states.result.Output %}',
      End: true,
    },
  });

  const quick = await bench.run({ seconds: 5 }, 'quick');
  const slow = await bench.run({ seconds: 90 }, 'slow');
  await bench.pass(60 * SECOND);

  expect(bench.output(quick)).toEqual({ slept: true });
  expect(bench.engine.describe(slow)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(bench.engine.list({ stateMachineArn: child }).executions.map(({ status }) => status)).toEqual([
    'ABORTED',
    'SUCCEEDED',
  ]);
});

test('variables of one Assign over 256 KiB fail the state', async () => {
  const bench = new Bench();
  const half = '{% $join([1..20000].("0123456789")) %}';
  bench.load({
    One: { Type: 'Pass', Assign: { one: half }, Next: 'Both' },
    Both: { Type: 'Pass', Assign: { two: half, three: half }, End: true },
  });

  const arn = await bench.run();

  expect(bench.engine.describe(arn)).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
});

test('a result over 256 KiB fails the task', async () => {
  const bench = new Bench();
  bench.answer = () => ({ StatusCode: 200, Payload: 'x'.repeat(262_144) });
  bench.load({ Work: { Type: 'Task', Resource: FUNCTION, End: true } });

  const arn = await bench.run();

  expect(bench.engine.describe(arn)).toMatchObject({
    error: 'States.DataLimitExceeded',
    cause: expect.stringContaining(FUNCTION),
  });
});
