import {
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handler } from '#functions/undelivered/redeliver.ts';
import { redeliver as redeliverMessages } from '#shared/undelivered/redeliver.ts';
import { logged } from '../steps/lambda.ts';

const sqs = mockClient(SQSClient);
const eventBridge = mockClient(EventBridgeClient);
const streams = mockClient(DynamoDBStreamsClient);
const lambda = mockClient(LambdaClient);
const documents = mockClient(DynamoDBDocumentClient);
const deps = {
  streams: new DynamoDBStreamsClient(),
  lambda: new LambdaClient(),
  sqs: new SQSClient(),
  eventBridge: new EventBridgeClient(),
  undeliveredQueueUrl: 'https://queue/undelivered-events',
  bus: 'bus',
};

const DETAIL = { id: 'event-1', order: 'ABCDEFGHJK', suborder: '01', at: '2026-03-02T08:00:00.000Z' };
const message = (resources: readonly string[] = [], source = 'milepost') => ({
  ReceiptHandle: 'receipt',
  Body: JSON.stringify({
    ...{ version: '0', id: 'envelope', 'detail-type': 'OrderAmended', source },
    ...{ time: '2026-03-02T08:00:01Z', resources, detail: { ...DETAIL, tells: 'ORDER_AMENDED' } },
  }),
});
const again = (times: number) =>
  Array.from({ length: times }, (_, index) => `milepost:redelivery:${index + 1}`);

beforeEach(() => {
  sqs.reset();
  eventBridge.reset();
  streams.reset();
  lambda.reset();
  documents.reset();
  streams.on(GetShardIteratorCommand).resolves({ ShardIterator: 'first' });
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
});

async function redeliver(...messages: object[]) {
  sqs.on(ReceiveMessageCommand).resolves({ Messages: messages });
  return redeliverMessages(deps);
}

it.each([0, 1, 2])('puts an event on the bus again that was there %i times before', async (times) => {
  const { done } = await redeliver(message(again(times)));
  const [handled] = done;
  expect(handled?.findings).toMatchObject([
    { kind: 'EVENT_NOT_DELIVERED', action: 'repaired', suborder: '01' },
  ]);
  expect(eventBridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries).toEqual([
    {
      EventBusName: 'bus',
      Source: 'milepost',
      DetailType: 'OrderAmended',
      Time: new Date('2026-03-02T08:00:01Z'),
      Resources: again(times + 1),
      Detail: JSON.stringify({ ...DETAIL, tells: 'ORDER_AMENDED' }),
    },
  ]);
  expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(0);
  await handled?.remove();
  expect(sqs.commandCalls(DeleteMessageCommand)[0]?.args[0].input).toMatchObject({
    ReceiptHandle: 'receipt',
  });
});

it('leaves it to people after three times, and names it', async () => {
  const { done } = await redeliver(message(again(3)));
  expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(0);
  expect(done[0]?.findings).toMatchObject([{ action: 'reported', about: 'OrderAmended event-1' }]);
});

it('leaves in the queue what the bus refuses, and what is no event of ours', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1 });
  const others = [{ Body: '{"DDBStreamBatchInfo":{}}' }, { Body: 'no JSON' }, message([], 'aws.states')];
  expect(await redeliver(message(), ...others)).toMatchObject({
    done: [],
    left: [{ about: 'OrderAmended event-1', isLost: false }],
  });
});

const CONSUMER = 'arn:aws:lambda:eu-central-1:000000000000:function:milepost-waits_resume';
const STREAM = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Waits/stream/2026';

/** What a consumer gave up, from one sequence number to another. */
const position = (first: string, last = first, receives = 1) => ({
  ReceiptHandle: `at ${first}`,
  Attributes: { ApproximateReceiveCount: String(receives) },
  Body: JSON.stringify({
    requestContext: { functionArn: CONSUMER, condition: 'RetryAttemptsExhausted' },
    DDBStreamBatchInfo: {
      ...{ shardId: 'shard', startSequenceNumber: first, endSequenceNumber: last },
      ...{ batchSize: 1, streamArn: STREAM },
    },
  }),
});
const record = (SequenceNumber: string, order?: string) => ({
  eventID: `event ${SequenceNumber}`,
  eventName: 'MODIFY' as const,
  dynamodb: {
    SequenceNumber,
    ApproximateCreationDateTime: new Date('2026-03-02T08:00:00Z'),
    NewImage: { ...(order && { order: { S: order } }), suborder: { S: '01' }, step: { S: 'pick' } },
  },
});
function answer(...failed: string[]) {
  const text = JSON.stringify({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
  const Payload = Object.assign(new TextEncoder().encode(text), { transformToString: () => text });
  return { StatusCode: 200, Payload };
}
const handed = () =>
  lambda.commandCalls(InvokeCommand).map(({ args: [{ input }] }) => ({
    to: input.FunctionName,
    ...JSON.parse(String(input.Payload)),
  }));

describe('what a consumer of a stream gave up', () => {
  it('is handled by it once more, as Lambda would hand it over', async () => {
    streams
      .on(GetRecordsCommand, { ShardIterator: 'first' })
      .resolves({ Records: [], NextShardIterator: 'second' })
      .on(GetRecordsCommand, { ShardIterator: 'second' })
      .resolves({ Records: [record('9', 'ABCDEFGHJK'), record('10', 'ABCDEFGHJK'), record('11', 'OTHER')] });
    lambda.on(InvokeCommand).resolves(answer());
    const { done, left } = await redeliver(position('9', '10'));
    expect(streams.commandCalls(GetShardIteratorCommand)[0]?.args[0].input).toEqual({
      ...{ StreamArn: STREAM, ShardId: 'shard' },
      ...{ ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '9' },
    });
    expect(handed()).toMatchObject([
      {
        to: CONSUMER,
        redelivered: true,
        Records: [
          {
            ...{ eventID: 'event 9', eventName: 'MODIFY', eventSourceARN: STREAM },
            dynamodb: { SequenceNumber: '9', ApproximateCreationDateTime: 1772438400 },
          },
          { eventID: 'event 10' },
        ],
      },
    ]);
    expect(left).toEqual([]);
    expect(done[0]?.findings).toEqual([
      {
        ...{ kind: 'CHANGE_NOT_HANDLED', order: 'ABCDEFGHJK', suborder: '01', step: 'pick' },
        ...{ about: 'milepost-waits_resume', action: 'repaired' },
      },
    ]);
    await done[0]?.remove();
    expect(sqs.commandCalls(DeleteMessageCommand)[0]?.args[0].input.ReceiptHandle).toBe('at 9');
  });

  it('is handled in the order in which it was written', async () => {
    streams
      .on(GetRecordsCommand)
      .resolvesOnce({ Records: [record('9', 'ABCDEFGHJK')] })
      .resolvesOnce({ Records: [record('10', 'ABCDEFGHJK')] });
    lambda.on(InvokeCommand).resolves(answer());
    await redeliver(position('10'), position('9'));
    expect(handed().map(({ Records }) => Records[0].eventID)).toEqual(['event 9', 'event 10']);
  });

  it.each([1, 2])('stays in the queue when it is refused the %i. time', async (receives) => {
    streams.on(GetRecordsCommand).resolves({ Records: [record('9', 'ABCDEFGHJK')] });
    lambda.on(InvokeCommand).resolves({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(await redeliver(position('9', '9', receives))).toMatchObject({
      done: [],
      left: [{ about: 'milepost-waits_resume 9', isLost: false }],
    });
  });

  it('is told to people from the third time on: those orders that it failed for; and it is tried on', async () => {
    streams.on(GetRecordsCommand).resolves({ Records: [record('9', 'FIRST'), record('10', 'SECOND')] });
    lambda.on(InvokeCommand).resolves(answer('10'));
    const { done, left } = await redeliver(position('9', '10', 3));
    expect(done).toEqual([]);
    expect(left).toMatchObject([{ isLost: false, findings: [{ order: 'SECOND', action: 'reported' }] }]);
  });

  it('stays, and is said to be lost, when it is no longer there', async () => {
    const gone = new TrimmedDataAccessException({ message: 'gone', $metadata: {} });
    streams.on(GetShardIteratorCommand).rejects(gone);
    expect(await redeliver(position('9'))).toMatchObject({
      done: [],
      left: [{ about: 'milepost-waits_resume 9', isLost: true, findings: [] }],
    });
  });

  it('is tried again when the stream cannot be read', async () => {
    streams.on(GetRecordsCommand).rejects(new Error('throttled'));
    expect((await redeliver(position('9', '9', 3))).left).toMatchObject([{ isLost: false }]);
  });
});

describe('the function', () => {
  const run = (remaining: number) => handler({}, { getRemainingTimeInMillis: () => remaining });

  beforeEach(() => {
    const environment = {
      UNDELIVERED_EVENTS_QUEUE_URL: deps.undeliveredQueueUrl,
      BUS_NAME: 'bus',
      WORK_ITEMS_TABLE: 'workItems',
      HISTORY_TABLE: 'history',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    streams.on(GetRecordsCommand).resolves({ Records: [record('9', 'ABCDEFGHJK')] });
    lambda.on(InvokeCommand).resolves(answer());
  });

  it('goes on for as long as there are messages', async () => {
    sqs
      .on(ReceiveMessageCommand)
      .resolvesOnce({ Messages: [message()] })
      .resolvesOnce({ Messages: [position('9')] })
      .resolves({});
    const log = await logged(() => run(200_000));
    expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(1);
    expect(handed()).toHaveLength(1);
    expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(2);
    expect(documents.calls()).toEqual([]);
    expect(log).not.toMatch(/"NotDelivered":[1-9]/);
  });

  it('leaves the rest to its next run when its time runs short', async () => {
    sqs.on(ReceiveMessageCommand).resolves({ Messages: [message()] });
    await logged(() => run(100_000));
    expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(1);
  });

  it('tells a supervisor what is in vain, raises the alarm and leaves it in the queue', async () => {
    sqs
      .on(ReceiveMessageCommand)
      .resolvesOnce({ Messages: [position('9', '9', 3)] })
      .resolves({});
    lambda.on(InvokeCommand).resolves(answer('9'));
    const log = await logged(() => run(200_000));
    const [written] = documents.commandCalls(TransactWriteCommand);
    expect(written?.args[0].input.TransactItems?.map(({ Put }) => Put?.Item)).toMatchObject([
      { desk: 'SUPERVISOR', order: 'ABCDEFGHJK', suborder: '01', step: 'pick' },
      { what: 'NOTICE' },
    ]);
    expect(log).toMatch(/"NotDelivered":1\b/);
    expect(sqs.commandCalls(DeleteMessageCommand)).toEqual([]);
  });

  it('raises the alarm for what is lost', async () => {
    sqs
      .on(ReceiveMessageCommand)
      .resolvesOnce({ Messages: [position('9')] })
      .resolves({});
    streams
      .on(GetShardIteratorCommand)
      .rejects(new TrimmedDataAccessException({ message: 'gone', $metadata: {} }));
    expect(await logged(() => run(200_000))).toMatch(/"NotDelivered":1\b/);
  });
});
