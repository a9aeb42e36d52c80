import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { enqueue } from '#functions/intake/enqueue.ts';
import { startOrder, startOrders } from '#functions/intake/start.ts';
import { documentClient } from '#shared/store/client.ts';
import { suborderSchema } from '#shared/store/records.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import { context, example } from './requests.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
  process.env.ORDERS_TABLE = 'orders';
  process.env.SUBORDERS_TABLE = 'suborders';
});

const NOW = '2026-11-23T10:00:00.000Z';
const tables = mockClient(DynamoDBDocumentClient);
const queue = mockClient(SQSClient);
const executions = mockClient(SFNClient);

beforeEach(() => {
  tables.reset();
  queue.reset();
  executions.reset();
});

describe('the intake queue', () => {
  const record = (order: string, more: object = {}) => ({
    eventID: `e-${order}`,
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: `s-${order}`,
      ApproximateCreationDateTime: 1_700_000_000,
      NewImage: { pk: { S: `ORDER#${order}` }, sk: { S: 'HEADER' }, order: { S: order } },
      ...more,
    },
  });
  const run = (...Records: object[]) =>
    enqueue(new SQSClient(), { intake: 'queue', cancellations: 'cancellations' })({ Records });
  const sent = () => queue.commandCalls(SendMessageCommand).map(({ args: [command] }) => command.input);

  it('gets each new order', async () => {
    expect(await run(record('A'), record('B'))).toEqual({ batchItemFailures: [] });
    expect(sent()).toEqual([
      { QueueUrl: 'queue', MessageBody: '{"order":"A"}' },
      { QueueUrl: 'queue', MessageBody: '{"order":"B"}' },
    ]);
  });

  it('gets nothing of other records, nor of changes', async () => {
    const document = { NewImage: { pk: { S: 'ORDER#A' }, sk: { S: 'DOCUMENT' }, order: { S: 'A' } } };
    await run(record('A', document), record('B', { OldImage: { sk: { S: 'HEADER' } } }));
    expect(sent()).toEqual([]);
  });

  it('has the stream deliver again from the order that could not be sent', async () => {
    queue.on(SendMessageCommand).resolvesOnce({}).rejectsOnce(new Error('down')).resolves({});
    expect(await run(record('A'), record('B'), record('C'))).toEqual({
      batchItemFailures: [{ itemIdentifier: 's-B' }],
    });
    expect(sent()).toHaveLength(2);
  });
});

const message = (messageId: string, body: string): SQSRecord => ({
  messageId,
  body,
  receiptHandle: '',
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '',
    SenderId: '',
    ApproximateFirstReceiveTimestamp: '',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-north-1:111122223333:intake',
  awsRegion: 'eu-north-1',
});

describe('starting an order', () => {
  const deps = {
    client: documentClient(),
    stepFunctions: new SFNClient(),
    stateMachineArn: 'arn:order-manage',
    now: () => new Date(NOW),
  };

  const keep = (body: unknown) =>
    tables.on(QueryCommand).resolves({
      Items: [
        {
          pk: 'ORDER#A',
          sk: 'HEADER',
          order: 'A',
          state: 'acknowledged',
          orderDate: NOW,
          newContract: true,
          list: 'orders',
          listKey: `${NOW}#A`,
          version: 1,
        },
        { sk: 'DOCUMENT', document: JSON.stringify(readOrder(body, NOW)) },
      ],
    });
  const start = () => startOrder(deps, '{"order":"A"}');
  const started = () =>
    executions.commandCalls(StartExecutionCommand).map(({ args: [command] }) => command.input);
  const kept = () => tables.commandCalls(PutCommand).map(({ args: [command] }) => command.input);

  it('keeps suborder 00 and starts order management under the order number', async () => {
    keep(example('triple-play'));
    await start();
    const [put] = kept();
    expect(put).toMatchObject({
      TableName: 'suborders',
      ConditionExpression: 'attribute_not_exists(sk)',
      Item: {
        order: 'A',
        sk: 'SUBORDER#00',
        suborder: '00',
        flow: 'order.manage',
        state: 'inProgress',
        flags: { newContract: true, withdrawalWait: false },
        facts: {},
        startedAt: NOW,
        done: 0,
      },
    });
    expect(suborderSchema.safeParse(put?.Item).success).toBe(true);
    expect(started()).toEqual([
      {
        stateMachineArn: 'arn:order-manage',
        name: 'A',
        input: '{"order":"A","suborder":"00","flags":{"newContract":true,"withdrawalWait":false}}',
      },
    ]);
  });

  it('waits for the withdrawal period of a consumer who did not consent to an early start', async () => {
    const { agreement, ...body } = example('triple-play');
    expect(agreement).toHaveLength(1);
    keep(body);
    await start();
    expect(kept()[0]?.Item).toMatchObject({
      flags: { newContract: true, withdrawalWait: true },
      facts: { withdrawalEnds: '2026-12-07T10:00:00.000Z' },
    });
    const [execution] = started();
    expect(JSON.parse(execution?.input ?? '')).toMatchObject({
      flags: { newContract: true, withdrawalWait: true },
    });
  });

  it('twice is harmless', async () => {
    keep(example('minimal'));
    tables.on(PutCommand).rejects(new ConditionalCheckFailedException({ message: '', $metadata: {} }));
    executions.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists({ message: '', $metadata: {} }));
    await expect(start()).resolves.toBeUndefined();
  });

  it('reports the messages that failed, and only those', async () => {
    keep(example('minimal'));
    executions.on(StartExecutionCommand, { name: 'B' }).rejects(new Error('throttled'));
    const Records = [message('A', '{"order":"A"}'), message('B', '{"order":"B"}'), message('x', 'not JSON')];
    const { batchItemFailures } = await startOrders(deps)({ Records }, context);
    expect(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).toSorted()).toEqual(['B', 'x']);
    expect(started().map(({ name }) => name)).toEqual(['A', 'B']);
  });
});
