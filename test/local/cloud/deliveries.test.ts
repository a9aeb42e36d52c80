import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { testApp } from './app.ts';
import { invoke } from './invoke.ts';

let cloud: CloudHandle;
let dynamoDb: DynamoDBClient;
let sqs: SQSClient;
let states: SFNClient;
let table: string;

beforeAll(async () => {
  const { app, assembly } = await testApp();
  app.synth();
  cloud = await startCloud({ assembly, clock: 'manual', parameters: { Issuer: '{{issuer}}' } });
  dynamoDb = new DynamoDBClient(cloud.clientConfig);
  sqs = new SQSClient(cloud.clientConfig);
  states = new SFNClient(cloud.clientConfig);
  table = (await cloud.resource('AWS::DynamoDB::Table', 'Items')).name;
});
afterAll(async () => {
  await cloud?.stop();
});
beforeEach(async () => {
  await cloud.faults({ rules: [] });
});

const queueUrl = async (queue: string) => (await cloud.resource('AWS::SQS::Queue', queue)).physicalId;

async function send(queue: string, ...bodies: string[]): Promise<void> {
  const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: await queueUrl(queue), Entries }));
}

async function write(pk: string): Promise<unknown> {
  const { name } = await cloud.resource('AWS::Lambda::Function', '/write/');
  const { payload } = await invoke(cloud, name, { pk, text: 'x' });
  return payload;
}

async function exists(pk: string): Promise<boolean> {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName: table, Key: { pk: { S: pk }, sk: { S: 'item' } } }),
  );
  return Item !== undefined;
}

/** The receive counts with which a message reached the function. */
async function deliveriesOf(body: string): Promise<string[]> {
  const { Items = [] } = await dynamoDb.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: `message ${body}` } },
    }),
  );
  return Items.map(({ sk }) => sk?.S ?? '');
}

/** How often functions logged a text. */
async function logged(text: string): Promise<number> {
  return (await cloud.logs()).filter((line) => line.text.includes(text)).length;
}

async function follow(text: string): Promise<void> {
  const Item = { pk: { S: 'followed' }, sk: { S: text }, text: { S: text } };
  await dynamoDb.send(new PutItemCommand({ TableName: table, Item }));
}

test('a message that was received is out of sight until its time is over, or is deleted', async () => {
  const QueueUrl = await queueUrl('LostChanges');
  const receive = async () =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 20, WaitTimeSeconds: 0 })))
      .Messages?.[0];
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'seen' }));
  expect(await receive()).toMatchObject({ Body: 'seen' });
  expect(await receive()).toBeUndefined();
  await cloud.advance(19_000);
  expect(await receive()).toBeUndefined();
  await cloud.advance(2_000);
  const again = await receive();
  expect(again).toMatchObject({ Body: 'seen' });
  const ReceiptHandle = again?.ReceiptHandle;
  await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: (await receive())?.ReceiptHandle }));
  await cloud.advance(60_000);
  expect(await receive()).toBeUndefined();
});

test('a process that is killed at a call goes no further; the call was made or not, by seed', async () => {
  await cloud.faults({ seed: 3, rules: [{ kind: 'kill', probability: 1, resource: 'write' }] });
  const keys = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'];
  for (const key of keys)
    expect(await write(key)).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    });
  const made = await Promise.all(keys.map(exists));
  expect(made).toContain(true);
  expect(made).toContain(false);
  await cloud.faults({ rules: [] });
  expect(await write('one')).toMatchObject({ now: expect.any(Number) });
});

test('errors strike before or after the function has run', async () => {
  const strike = (kind: 'function-error-before' | 'function-error-after' | 'function-timeout') =>
    cloud.faults({ rules: [{ kind, probability: 1, resource: 'write' }] });
  await strike('function-error-before');
  expect(await write('before')).toMatchObject({ errorType: 'InjectedFault' });
  expect(await exists('before')).toBe(false);
  await strike('function-error-after');
  expect(await write('after')).toMatchObject({ errorType: 'InjectedFault' });
  expect(await exists('after')).toBe(true);
  await strike('function-timeout');
  expect(await write('timeout')).toMatchObject({ errorType: 'Sandbox.Timedout' });
  expect(await exists('timeout')).toBe(true);
});

test('messages come twice, and late: those behind them overtake', async () => {
  await cloud.faults({ rules: [{ kind: 'reorder', probability: 1, resource: 'Messages' }] });
  await send('Messages', 'late');
  await cloud.idle();
  expect(await deliveriesOf('late')).toEqual([]);
  await cloud.faults({ rules: [{ kind: 'duplicate', probability: 1, resource: 'Messages' }] });
  const before = (await cloud.meter()).total;
  await send('Messages', 'prompt');
  await cloud.idle();
  expect(await deliveriesOf('prompt')).toEqual(['1']);
  const invoked = (usage: typeof before) =>
    usage
      .filter(({ unit, resource }) => unit === 'Request' && resource.includes('consume'))
      .reduce((sum, { quantity }) => sum + quantity, 0);
  expect(invoked((await cloud.meter()).total) - invoked(before)).toBe(2);
  await cloud.faults({ rules: [] });
  await cloud.advance(10_000);
  expect(await deliveriesOf('late')).toEqual(['2']);
});

test('a stream delivers its records twice when the reader lost its place, in order both times', async () => {
  await cloud.faults({ rules: [{ kind: 'duplicate', probability: 1, resource: 'Items' }] });
  for (const text of ['twice-1', 'twice-2']) {
    await follow(text);
    await cloud.idle();
  }
  const lines = (await cloud.logs())
    .map(({ text }) => /followed (twice-\d)/.exec(text)?.[1])
    .filter((text) => text !== undefined);
  expect(lines).toEqual(['twice-1', 'twice-1', 'twice-2', 'twice-2']);
});

test('a stream waits for a function that is throttled, and goes on where it was', async () => {
  await cloud.faults({ rules: [{ kind: 'throttle', probability: 1, resource: 'follow' }] });
  await follow('patient');
  await cloud.idle();
  expect(await logged('followed patient')).toBe(0);
  await cloud.faults({ rules: [] });
  await cloud.advance(60_000);
  expect(await logged('followed patient')).toBe(1);
});

test('an event reaches the target of a rule twice', async () => {
  await cloud.faults({ rules: [{ kind: 'duplicate', probability: 1, resource: 'WhenSold' }] });
  const bus = new EventBridgeClient(cloud.clientConfig);
  const { physicalId } = await cloud.resource('AWS::StepFunctions::StateMachine', 'Noting');
  const Entries = [
    { EventBusName: 'shop', Source: 'shop', DetailType: 'Sold', Detail: JSON.stringify({ id: 'sold' }) },
  ];
  await bus.send(new PutEventsCommand({ Entries }));
  await cloud.idle();
  const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn: physicalId }));
  expect(executions.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
});
