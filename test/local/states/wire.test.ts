import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '#local/aws.ts';
import { statesWire } from '#local/states/index.ts';
import { Bench, callback, EXECUTION, MACHINE, START } from './harness.ts';

const call = (bench: Bench, action: string, body: unknown) =>
  statesWire(bench.engine, { action, body, principal: 'role' });

test.each([
  ['StartExecution', {}, 'ValidationException'],
  ['StartExecution', { stateMachineArn: 5 }, 'ValidationException'],
  ['SendTaskSuccess', { taskToken: 'x' }, 'ValidationException'],
  ['ListExecutions', { stateMachineArn: MACHINE, maxResults: 5000 }, 'ValidationException'],
  ['ListExecutions', { stateMachineArn: MACHINE, redriveFilter: 'SOME' }, 'ValidationException'],
  ['SendTaskFailure', { taskToken: 'x', error: 'E'.repeat(257) }, 'ValidationException'],
  ['SendTaskFailure', { taskToken: 'x', cause: 'c'.repeat(32_769) }, 'ValidationException'],
  ['SendTaskHeartbeat', { taskToken: 't'.repeat(2049) }, 'ValidationException'],
  ['StopExecution', { executionArn: 'arn', cause: 'c'.repeat(32_769) }, 'ValidationException'],
  ['DescribeExecution', { executionArn: 'arn' }, 'ExecutionDoesNotExist'],
  ['StartSyncExecution', { stateMachineArn: MACHINE }, 'UnsupportedOperation'],
  ['CreateStateMachine', {}, 'UnsupportedOperation'],
  ['toString', {}, 'UnsupportedOperation'],
])('%s with %j answers %s', async (action, body, code) => {
  await expect(call(new Bench(), action, body)).rejects.toMatchObject({ code });
});

test('state machines are described with the definition they were loaded with', async () => {
  const bench = new Bench();
  bench.load({ Done: { Type: 'Succeed' } });

  const machine = await call(bench, 'DescribeStateMachine', { stateMachineArn: MACHINE });

  expect(machine).toMatchObject({ name: 'Machine', roleArn: 'role', status: 'ACTIVE', type: 'STANDARD' });
  expect(JSON.parse(String(machine.definition))).toMatchObject({ StartAt: 'Done' });
  const includedData = 'METADATA_ONLY';
  expect(
    await call(bench, 'DescribeStateMachine', { stateMachineArn: MACHINE, includedData }),
  ).not.toHaveProperty('definition');
});

test('executions are listed by whether they were redriven', async () => {
  const bench = new Bench();
  bench.load({ Fail: { Type: 'Fail' } });
  const redriven = await bench.run({}, 'redriven');
  await bench.run({}, 'other');
  await call(bench, 'RedriveExecution', { executionArn: redriven });
  const names = async (redriveFilter: string) =>
    JSON.stringify(await call(bench, 'ListExecutions', { stateMachineArn: MACHINE, redriveFilter })).match(
      /(?<="name":")\w+/g,
    );
  expect(await names('REDRIVEN')).toEqual(['redriven']);
  expect(await names('NOT_REDRIVEN')).toEqual(['other']);
});

test('a history without data leaves out inputs and outputs', async () => {
  const bench = new Bench();
  bench.load({ Done: { Type: 'Succeed' } });
  const executionArn = await bench.run();

  const { events } = await call(bench, 'GetExecutionHistory', { executionArn, includeExecutionData: false });

  expect(JSON.stringify(events)).not.toMatch(/"(in|out)put/);
});

describe('with the SDK', () => {
  const bench = new Bench();
  bench.load({ Ask: callback() });
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const action = String(request.headers['x-amz-target']).replace('AWSStepFunctions.', '');
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    try {
      response.end(JSON.stringify(await call(bench, action, JSON.parse(Buffer.concat(chunks).toString()))));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      response.statusCode = error.statusCode;
      response.end(JSON.stringify({ __type: error.code, message: error.message }));
    }
  });
  let client: SFNClient;

  beforeEach(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    client = new SFNClient({
      endpoint: `http://127.0.0.1:${portOf(address)}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
  });
  afterEach(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('an execution is started, answered, looked at and listed', async () => {
    const start = (input: string) =>
      client.send(new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'sdk', input }));
    const { executionArn, startDate } = await start('{}');
    await bench.settle();
    expect([executionArn, startDate]).toEqual([`${EXECUTION}:sdk`, new Date(START)]);
    await expect(start('{"other":1}')).rejects.toBeInstanceOf(ExecutionAlreadyExists);

    await client.send(new SendTaskSuccessCommand({ taskToken: bench.token(), output: '"fine"' }));
    await bench.settle();

    const described = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect(described).toMatchObject({ status: 'SUCCEEDED', output: '"fine"', stopDate: new Date(START) });
    const { events } = await client.send(
      new GetExecutionHistoryCommand({ executionArn, reverseOrder: true }),
    );
    expect(events?.[0]).toMatchObject({
      type: 'ExecutionSucceeded',
      timestamp: new Date(START),
      executionSucceededEventDetails: { output: '"fine"' },
    });
    const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE }));
    expect(executions).toMatchObject([{ name: 'sdk', status: 'SUCCEEDED' }]);
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    expect(stateMachines).toMatchObject([{ stateMachineArn: MACHINE, name: 'Machine' }]);
  });

  test('an execution is stopped', async () => {
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: MACHINE }));

    const { stopDate } = await client.send(new StopExecutionCommand({ executionArn, error: 'Enough' }));

    expect(stopDate).toEqual(new Date(START));
    const { status, error } = await client.send(new DescribeExecutionCommand({ executionArn }));
    expect({ status, error }).toEqual({ status: 'ABORTED', error: 'Enough' });
  });
});

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return address.port;
}
