import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { testApp } from './app.ts';
import { type Invoked, invoke } from './invoke.ts';

const start = new Date('2027-01-01T00:00:00Z');
const days = 24 * 3600 * 1000;

let cloud: CloudHandle;
let dynamoDb: DynamoDBClient;
let sqs: SQSClient;
let states: SFNClient;
let table: string;

beforeAll(async () => {
  const { app, assembly } = await testApp();
  app.synth();
  cloud = await startCloud({
    assembly,
    clock: 'manual',
    start,
    parameters: { Issuer: '{{issuer}}' },
    ssm: { '/shop/colour': 'blue' },
    secrets: { 'shop/key': 'key for {{url}}' },
  });
  dynamoDb = new DynamoDBClient(cloud.clientConfig);
  sqs = new SQSClient(cloud.clientConfig);
  states = new SFNClient(cloud.clientConfig);
  table = (await cloud.resource('AWS::DynamoDB::Table', 'Items')).name;
});
afterAll(async () => {
  await cloud?.stop();
});

async function call(id: string, event: unknown): Promise<Invoked> {
  return invoke(cloud, (await cloud.resource('AWS::Lambda::Function', `/${id}/`)).name, event);
}

async function read(pk: string, sk = 'item'): Promise<string | undefined> {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: sk } } }),
  );
  return Item?.text?.S;
}

async function send(queue: string, body: string): Promise<void> {
  const { physicalId } = await cloud.resource('AWS::SQS::Queue', queue);
  await sqs.send(new SendMessageCommand({ QueueUrl: physicalId, MessageBody: body }));
}

async function receive(queue: string): Promise<string[]> {
  const { physicalId } = await cloud.resource('AWS::SQS::Queue', queue);
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: physicalId, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
  );
  return (Messages ?? []).map(({ Body }) => Body ?? '');
}

test('a function with permission writes a table, in its own environment and at the embedded time', async () => {
  const { payload } = await call('write', { pk: 'a', text: 'hello' });
  expect(payload).toEqual({
    role: 'write',
    now: await cloud.now(),
    instant: new Date(await cloud.now()).toISOString(),
  });
  expect(await read('a')).toBe('hello');
  expect((await cloud.logs('write')).map(({ text }) => text)).toContain('writing a');
});

test('a function without permission is denied in the words of AWS', async () => {
  const { error, payload } = await call('outsider', { pk: 'b', text: 'hello' });
  expect(error).toBe('Unhandled');
  expect(payload).toMatchObject({
    errorType: 'AccessDeniedException',
    errorMessage: expect.stringMatching(
      /^User: arn:aws:sts::000000000000:assumed-role\/.* is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:.*:table\/.* because no identity-based policy allows the dynamodb:PutItem action$/,
    ),
  });
});

test('a function that throws or does not answer fails as on Lambda', async () => {
  expect(await call('fail', {})).toEqual({
    error: 'Unhandled',
    payload: { errorType: 'OutOfStock', errorMessage: 'out of stock', trace: expect.any(Array) },
  });
  const { payload } = await call('hang', {});
  expect(payload).toMatchObject({ errorType: 'Sandbox.Timedout' });
});

test('a message that keeps failing goes to the dead-letter queue, the others of its batch do not', async () => {
  await send('Messages', 'good');
  await send('Messages', 'bad');
  await cloud.idle();
  expect(await read('message good', '1')).toBe('good');
  expect(await read('message bad', '1')).toBe('bad');
  expect(await read('message bad', '2')).toBeUndefined();
  await cloud.advance(31_000);
  expect(await read('message bad', '2')).toBe('bad');
  expect(await receive('DeadLetters')).toEqual([]);
  await cloud.advance(120_000);
  expect(await read('message good', '2')).toBeUndefined();
  expect(await receive('DeadLetters')).toEqual(['bad']);
});

test('a stream is delivered in order, filtered, and a poison record goes to the failure destination', async () => {
  const put = (pk: string, text: string) =>
    dynamoDb.send(
      new PutItemCommand({ TableName: table, Item: { pk: { S: pk }, sk: { S: 'item' }, text: { S: text } } }),
    );
  await put('ignored', 'x');
  for (const text of ['1', '2', 'poison', '3', '4']) await put('followed', text);
  await cloud.idle();
  await cloud.advance(60_000);
  const texts = (await cloud.logs('follow'))
    .map(({ text }) => text)
    .filter((text) => text.startsWith('followed'));
  expect([...new Set(texts)]).toEqual(['followed 1', 'followed 2', 'followed 3', 'followed 4']);
  const [report = ''] = await receive('LostChanges');
  expect(JSON.parse(report)).toMatchObject({
    requestContext: {
      condition: 'RetryAttemptsExhausted',
      functionArn: expect.stringMatching(/:function:[^:]+$/),
    },
    DDBStreamBatchInfo: {
      batchSize: 1,
      approximateArrivalOfFirstRecord: expect.stringMatching(/T\d\d:\d\d:\d\dZ$/),
    },
  });

  const streams = new DynamoDBStreamsClient(cloud.clientConfig);
  const { streamArn, shardId, startSequenceNumber, approximateArrivalOfFirstRecord } =
    JSON.parse(report).DDBStreamBatchInfo;
  const iterator = new GetShardIteratorCommand({
    StreamArn: streamArn,
    ShardId: shardId,
    ShardIteratorType: 'AT_SEQUENCE_NUMBER',
    SequenceNumber: startSequenceNumber,
  });
  const { ShardIterator } = await streams.send(iterator);
  const { Records = [] } = await streams.send(new GetRecordsCommand({ ShardIterator }));
  expect(Records[0]).toMatchObject({
    awsRegion: 'eu-central-1',
    dynamodb: {
      NewImage: { text: { S: 'poison' } },
      ApproximateCreationDateTime: new Date(approximateArrivalOfFirstRecord),
    },
  });
  await cloud.advance(days);
  await expect(streams.send(iterator)).rejects.toThrow(TrimmedDataAccessException);
});

test('a task is resumed by a function, and 120 days pass at once', async () => {
  const { physicalId } = await cloud.resource('AWS::StepFunctions::StateMachine', 'Waiting');
  const { executionArn } = await states.send(
    new StartExecutionCommand({
      stateMachineArn: physicalId,
      name: 'order-1',
      input: JSON.stringify({ id: 'o1' }),
    }),
  );
  await cloud.idle();
  const describe = () => states.send(new DescribeExecutionCommand({ executionArn }));
  expect((await describe()).status).toBe('RUNNING');
  expect((await call('resume', { id: 'o1' })).error).toBeUndefined();
  await cloud.idle();
  const before = performance.now();
  await cloud.advance(120 * days);
  expect(performance.now() - before).toBeLessThan(20_000);
  const { status, output } = await describe();
  expect({ status, output }).toEqual({
    status: 'SUCCEEDED',
    output: JSON.stringify(new Date(await cloud.now()).toISOString()),
  });
  expect(await read('built')).toBe('o1');
});

test('everything that an execution causes is counted under its name', async () => {
  await cloud.resetMeter();
  const { physicalId } = await cloud.resource('AWS::StepFunctions::StateMachine', 'Waiting');
  await states.send(
    new StartExecutionCommand({
      stateMachineArn: physicalId,
      name: 'order-2',
      input: JSON.stringify({ id: 'o2' }),
    }),
  );
  await cloud.idle();
  await call('resume', { id: 'o2' });
  await cloud.advance(121 * days);
  const { traces } = await cloud.meter();
  const trace = traces.find(({ names }) => names.includes('order-2'));
  const quantity = (service: string, unit: string) =>
    trace?.usage
      .filter((one) => one.service === service && one.unit === unit)
      .reduce((sum, one) => sum + one.quantity, 0);
  expect(quantity('states', 'StateTransition')).toBe(3);
  expect(quantity('lambda', 'Request')).toBe(2);
  expect(quantity('dynamodb', 'WriteRequestUnit')).toBe(2);
});

test('an event starts a state machine, as its rule says', async () => {
  const events = new EventBridgeClient(cloud.clientConfig);
  const entry = { EventBusName: 'shop', Source: 'shop', Detail: JSON.stringify({ id: 'sold-1' }) };
  await events.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, DetailType: 'Sold' },
        { ...entry, DetailType: 'Returned' },
      ],
    }),
  );
  await cloud.idle();
  expect(await read('sold-1')).toBe('noted');
  const { physicalId } = await cloud.resource('AWS::StepFunctions::StateMachine', 'Noting');
  const { executions } = await states.send(new ListExecutionsCommand({ stateMachineArn: physicalId }));
  expect(executions).toHaveLength(1);
});

test('the HTTP API wants a token with the right scope', async () => {
  const get = async (claims?: Record<string, unknown>) => {
    const headers = claims && { authorization: `Bearer ${await cloud.token(claims)}` };
    const response = await fetch(`${cloud.url}/greet/ann`, { ...(headers ? { headers } : {}) });
    return { status: response.status, body: await response.json() };
  };
  expect(await get()).toMatchObject({ status: 401 });
  expect(await get({ sub: 'eve', scope: 'other' })).toMatchObject({ status: 403 });
  expect(await get({ sub: 'eve', scope: 'greet', aud: 'elsewhere' })).toMatchObject({ status: 401 });
  expect(await get({ sub: 'eve', scope: 'greet' })).toEqual({
    status: 200,
    body: { name: 'ann', subject: 'eve' },
  });
});

test('items whose time to live is over are deleted', async () => {
  const expires = { N: String(Math.floor((await cloud.now()) / 1000) + 3600) };
  await dynamoDb.send(
    new PutItemCommand({
      TableName: table,
      Item: { pk: { S: 'short' }, sk: { S: 'item' }, text: { S: 'x' }, expires },
    }),
  );
  expect(await read('short')).toBe('x');
  await cloud.advance(2 * days);
  expect(await read('short')).toBeUndefined();
});

test('throttling can be switched on and off', async () => {
  await cloud.faults({ rules: [{ kind: 'throttle', probability: 1, resource: 'greet' }] });
  const token = await cloud.token({ sub: 'ann', scope: 'greet' });
  const get = () => fetch(`${cloud.url}/greet/ann`, { headers: { authorization: `Bearer ${token}` } });
  expect((await get()).status).toBe(500);
  await cloud.faults({ rules: [] });
  expect((await get()).status).toBe(200);
});

test('every item of a transaction needs permission', async () => {
  const { payload } = await call('both', {});
  expect(payload).toMatchObject({
    errorType: 'AccessDeniedException',
    errorMessage: expect.stringMatching(/dynamodb:PutItem on resource: .*Other/),
  });
  expect(await read('both')).toBeUndefined();
});

test('a function that fails when invoked asynchronously is retried, then reported', async () => {
  const { name } = await cloud.resource('AWS::Lambda::Function', '/fail/');
  await invoke(cloud, name, { order: 7 }, 'Event');
  await cloud.idle();
  expect(await receive('Failures')).toEqual([]);
  await cloud.advance(60_000);
  const [report] = await receive('Failures');
  expect(JSON.parse(report ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
    requestPayload: { order: 7 },
    responsePayload: { errorType: 'OutOfStock' },
  });
});

test('schedules fire at their times, or when told to', async () => {
  const ticks = async () => (await cloud.logs('tick')).filter(({ text }) => text === 'tick').length;
  const before = await ticks();
  await cloud.advance(3 * days);
  expect(await ticks()).toBe(before + 3);
  await cloud.fire('Daily');
  await cloud.idle();
  expect(await ticks()).toBe(before + 4);
});

test('settings and secrets given at the start replace those of the template', async () => {
  expect((await call('settings', {})).payload).toEqual({ setting: 'blue', secret: `key for ${cloud.url}` });
});

test('tools that are not known are turned away', async () => {
  const stranger = new SQSClient({
    ...cloud.clientConfig,
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  await expect(receiveAs(stranger)).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
});

async function receiveAs(client: SQSClient): Promise<void> {
  const { physicalId } = await cloud.resource('AWS::SQS::Queue', 'Messages');
  await client.send(new ReceiveMessageCommand({ QueueUrl: physicalId }));
}
