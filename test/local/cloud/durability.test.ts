import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { assemblyOf } from './stack.ts';

const start = new Date('2027-03-01T08:00:00Z');
const minute = 60_000;

let cloud: CloudHandle;

/** Everything that can be acknowledged, without a function. */
async function assembly(): Promise<string> {
  return assemblyOf((stack) => {
    new Table(stack, 'Table', {
      tableName: 'things',
      partitionKey: { name: 'pk', type: AttributeType.STRING },
    });
    const dead = new Queue(stack, 'Dead', { queueName: 'dead' });
    new Queue(stack, 'Work', {
      queueName: 'work',
      deadLetterQueue: { queue: dead, maxReceiveCount: 2 },
    });
    const asked = new Queue(stack, 'Asked', { queueName: 'asked' });
    const role = new Role(stack, 'Role', {
      roleName: 'timer',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com'),
    });
    asked.grantSendMessages(role);
    const machine = new StateMachine(stack, 'Machine', {
      stateMachineName: 'machine',
      definitionBody: DefinitionBody.fromString(
        JSON.stringify({
          QueryLanguage: 'JSONata',
          StartAt: 'Ask',
          States: {
            Ask: {
              Type: 'Task',
              Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
              Arguments: {
                QueueUrl: asked.queueUrl,
                MessageBody: '{% $states.context.Task.Token %}',
              },
              Next: 'Wait',
            },
            Wait: { Type: 'Wait', Seconds: 3600, End: true },
          },
        }),
      ),
    });
    asked.grantSendMessages(machine);
  });
}

beforeAll(async () => {
  cloud = await startCloud({
    assembly: await assembly(),
    clock: 'manual',
    start,
    dataFolder: await mkdtemp(join(tmpdir(), 'embedded-cloud-data-')),
  });
}, 60_000);
afterAll(() => cloud.stop());

async function restart(): Promise<void> {
  await cloud.kill();
  await cloud.restart();
}

const QueueUrl = (name: string) => `${cloud.url}/000000000000/${name}`;
const client = () => ({
  sqs: new SQSClient(cloud.clientConfig),
  states: new SFNClient(cloud.clientConfig),
  dynamoDb: new DynamoDBClient(cloud.clientConfig),
});

async function take(queue: string): Promise<{ body: string; handle: string }[]> {
  const { Messages = [] } = await client().sqs.send(
    new ReceiveMessageCommand({ QueueUrl: QueueUrl(queue), MaxNumberOfMessages: 10 }),
  );
  return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, handle: ReceiptHandle }));
}

const send = (MessageBody: string, DelaySeconds = 0) =>
  client().sqs.send(new SendMessageCommand({ QueueUrl: QueueUrl('work'), MessageBody, DelaySeconds }));

/** Takes messages from the queue of work and deletes those with this body. */
async function deleteOne(wanted: string): Promise<void> {
  for (const { body, handle } of await take('work'))
    if (body === wanted)
      await client().sqs.send(
        new DeleteMessageCommand({ QueueUrl: QueueUrl('work'), ReceiptHandle: handle }),
      );
}

test('a killed cloud has lost nothing that was acknowledged', async () => {
  // Messages: deleted, given up, in flight, delayed, waiting.
  for (const body of ['deleted', 'taken', 'poison']) await send(body);
  await deleteOne('deleted');
  await cloud.advance(minute);
  await deleteOne('taken');
  await cloud.advance(minute);
  expect(await take('work')).toEqual([]);
  await send('in flight');
  expect(await take('work')).toHaveLength(1);
  await send('later', 300);
  await send('waiting');

  const due = (await cloud.now()) + 90 * minute;
  await new SchedulerClient(cloud.clientConfig).send(
    new CreateScheduleCommand({
      Name: 'once',
      ScheduleExpression: `at(${new Date(due).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:sqs:eu-central-1:000000000000:asked',
        RoleArn: 'arn:aws:iam::000000000000:role/timer',
        Input: 'fired',
      },
    }),
  );
  const { executionArn } = await client().states.send(
    new StartExecutionCommand({
      stateMachineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:machine',
    }),
  );
  const item = { pk: { S: 'a' }, text: { S: 'last words' } };
  await client().dynamoDb.send(new PutItemCommand({ TableName: 'things', Item: item }));
  await restart();

  expect(await cloud.now()).toBe(due - 90 * minute);
  const { Item } = await client().dynamoDb.send(
    new GetItemCommand({ TableName: 'things', Key: { pk: { S: 'a' } } }),
  );
  expect(Item).toEqual(item);
  expect((await take('work')).map(({ body }) => body)).toEqual(['in flight', 'waiting']);
  expect((await take('dead')).map(({ body }) => body)).toEqual(['poison']);
  await cloud.idle();
  // Whether the question had been sent is not known, so it may have been sent again.
  const [{ body: taskToken = '' } = {}] = await take('asked');
  await client().states.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  await restart();

  const status = async () =>
    (await client().states.send(new DescribeExecutionCommand({ executionArn }))).status;
  await cloud.idle();
  expect(await status()).toBe('RUNNING');
  await cloud.advanceTo(due);
  expect(await status()).toBe('SUCCEEDED');
  const { events = [] } = await client().states.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.filter(({ type }) => type === 'TaskSucceeded' || type === 'WaitStateEntered')).toHaveLength(
    2,
  );
  expect(events.map(({ id }) => id)).toEqual(events.map((_, index) => index + 1));
  await restart();

  await cloud.advance(10 * minute);
  expect((await take('asked')).filter(({ body }) => body === 'fired')).toHaveLength(1);
  expect((await take('work')).map(({ body }) => body)).toContain('later');
});
