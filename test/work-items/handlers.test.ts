import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Handle, httpHandler } from '#functions/http.ts';
import { receive } from '#functions/inbound-events/receive.ts';
import { claim } from '#functions/work-items/claim.ts';
import { complete } from '#functions/work-items/complete.ts';
import { get } from '#functions/work-items/get.ts';
import { list } from '#functions/work-items/list.ts';
import { handler, open } from '#functions/work-items/open.ts';
import { reject } from '#functions/work-items/reject.ts';
import { release } from '#functions/work-items/release.ts';
import { resolve } from '#functions/work-items/resolve.ts';
import { documentClient } from '#shared/store/client.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { TABLES } from '#shared/store/tables.ts';
import { pickMessage, SCANNED, START, suborderRow, workItem } from './desk-fixture.ts';
import { CONTEXT, httpEvent } from './http-event.ts';

const dynamo = mockClient(DynamoDBDocumentClient);
const deps = { documents: documentClient(), now: () => new Date(START) };
const ID = workItem().workItem;

beforeAll(() => {
  for (const [id, { environment }] of Object.entries(TABLES)) process.env[environment] = id;
});

afterAll(() => dynamo.restore());

beforeEach(() => {
  dynamo.reset();
  dynamo.on(GetCommand).resolves({});
});

const answerSchema = z.object({
  statusCode: z.int(),
  headers: z.record(z.string(), z.unknown()),
  body: z.string(),
});

/** What a route answers to a request. */
async function call(handle: Handle, request: Parameters<typeof httpEvent>[0]) {
  const handler = httpHandler({ errors: 'problem', body: 'optional', handle });
  const { statusCode, headers, body } = answerSchema.parse(await handler(httpEvent(request), CONTEXT));
  return {
    status: statusCode,
    type: headers['content-type'],
    text: body,
    body: z.record(z.string(), z.unknown()).parse(JSON.parse(body)),
  };
}

const onDesk = (item: Partial<WorkItem> = {}) =>
  dynamo.on(GetCommand, { TableName: 'workItems' }).resolves({ Item: workItem(item) });

const refusedAt = (...indexes: number[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: Array.from({ length: 8 }, (_, index) => ({
      Code: indexes.includes(index) ? 'ConditionalCheckFailed' : 'None',
    })),
  });

describe('GET /desks/{desk}/work-items', () => {
  const page = (query: Record<string, string> = {}, desk = 'LOGISTICS_PICK', desks?: string) =>
    call(list(deps), { method: 'GET', path: { desk }, query, ...(desks !== undefined && { desks }) });

  it('answers a page and where the next begins', async () => {
    const { dueKey, deskState } = workItem();
    dynamo
      .on(QueryCommand)
      .resolves({ Items: [workItem()], LastEvaluatedKey: { workItem: ID, deskState, dueKey } });
    const { status, body, text } = await page({ limit: '1' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      desk: 'LOGISTICS_PICK',
      state: 'open',
      items: [{ id: ID, title: 'Pick and scan' }],
    });
    expect(text).not.toMatch(/"wait"|"token"|deskState/);
    const cursor = z.object({ nextCursor: z.string() }).parse(body).nextCursor;

    dynamo.on(QueryCommand).resolves({ Items: [] });
    expect((await page({ cursor, state: 'claimed' })).body).toEqual({
      desk: 'LOGISTICS_PICK',
      state: 'claimed',
      items: [],
    });
    expect(dynamo.commandCalls(QueryCommand)[1]?.args[0].input).toMatchObject({
      ExclusiveStartKey: { deskState: 'LOGISTICS_PICK#claimed', dueKey, workItem: ID },
      Limit: 25,
    });
  });

  it.each([
    [{ state: 'done' }, 'state'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ cursor: 'bm90IG91cnM' }, 'cursor'],
  ])('refuses %j', async (query, pointer) => {
    const { status, body, type } = await page(query);
    expect(status).toBe(400);
    expect(type).toBe('application/problem+json');
    expect(body).toMatchObject({ code: 'InvalidQuery', errors: [expect.objectContaining({ pointer })] });
  });

  it('is for people of the desk', async () => {
    dynamo.on(QueryCommand).resolves({ Items: [] });
    expect(await page({}, 'TV_OPS')).toMatchObject({ status: 403, body: { code: 'Forbidden' } });
    expect(await page({}, 'NO_SUCH_DESK')).toMatchObject({ status: 404 });
    expect(await page({}, 'toString')).toMatchObject({ status: 404 });
    expect(await page({}, 'TV_OPS', 'VOICE_OPS TV_OPS')).toMatchObject({ status: 200 });
    expect(await page({}, 'TV_OPS', '*')).toMatchObject({ status: 200 });
    expect(await page({}, 'TV_OPS', '')).toMatchObject({ status: 403 });
  });
});

describe('GET /work-items/{id}', () => {
  const show = (desks = 'LOGISTICS_PICK') => call(get(deps), { method: 'GET', path: { id: ID }, desks });

  it('shows the form and the other ways out, and nothing of the wait', async () => {
    onDesk();
    const { status, body, text } = await show();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: ID,
      context: { sku: 'STB-4K-01' },
      form: [
        { id: 'serialNumber', type: 'scan' },
        { id: 'macAddress' },
        { id: 'note' },
        { id: 'ok', type: 'confirm', required: true },
      ],
      rejections: ['ITEM_DAMAGED', 'NOT_FOUND', 'SERIAL_ALREADY_USED'],
    });
    expect(body).not.toHaveProperty('actions');
    expect(text).not.toMatch(/"wait"|"token"|deskState|dueKey|completion/);
  });

  it('shows what can be done about a failed step, by whom', async () => {
    onDesk({
      kind: 'fallout',
      desk: 'TV_OPS',
      task: 'cpe.provision',
      failure: { step: 'provision', error: 'X', cause: 'y' },
    });
    const actions = [
      'RETRY',
      'CORRECT_AND_RETRY',
      'COMPLETE_BY_HAND',
      'CANCEL_ITEM',
      'FAIL_ITEM',
      'REASSIGN',
      'ASK_CUSTOMER',
    ];
    expect((await show('TV_OPS')).body).toMatchObject({
      actions,
      form: [{ id: 'deviceId' }],
      failure: { error: 'X' },
    });
    expect((await show('*')).body.actions).toContain('SKIP');
    expect((await show('TV_OPS SUPERVISOR')).body.actions).toContain('SKIP');
  });

  it('shows no way out of what is done', async () => {
    onDesk({ state: 'done', result: { action: 'COMPLETE', by: 'ada', at: START } });
    const { body } = await show();
    expect(body).toMatchObject({ state: 'done', result: { by: 'ada' } });
    expect(body).not.toHaveProperty('form');
  });

  it('is for people of its desk, and 404 when there is none', async () => {
    expect(await show()).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    onDesk();
    expect(await show('TV_OPS')).toMatchObject({ status: 403 });
    expect(await call(get(deps), { method: 'GET', path: { id: '../x' } })).toMatchObject({ status: 404 });
  });
});

describe('POST /work-items/{id}/claim and /release', () => {
  it('claims for the caller and puts back', async () => {
    onDesk();
    dynamo.on(TransactWriteCommand).resolves({});
    const claimed = await call(claim(deps), { path: { id: ID } });
    expect(claimed).toMatchObject({
      status: 200,
      body: { state: 'claimed', claim: { by: 'ada', until: '2026-03-02T08:30:00.000Z' } },
    });
    const [written] = dynamo.commandCalls(TransactWriteCommand);
    expect(written?.args[0].input.TransactItems).toMatchObject([
      {
        Put: { ConditionExpression: '#version = :before', ExpressionAttributeValues: { ':before': 1 } },
      },
      {
        Put: {
          TableName: 'history',
          Item: { subject: workItem().order, what: 'CLAIM', by: 'ada', at: START, workItem: ID },
          ConditionExpression: 'attribute_not_exists(#entry)',
        },
      },
    ]);
    expect(await call(release(deps), { path: { id: ID } })).toMatchObject({
      status: 200,
      body: { state: 'open' },
    });
  });

  it('answers 409 naming the claim when somebody else was faster', async () => {
    const taken = workItem({
      state: 'claimed',
      claim: { by: 'bob', until: '2026-03-02T08:30:00.000Z' },
      version: 2,
    });
    dynamo.on(GetCommand).resolvesOnce({ Item: workItem() }).resolves({ Item: taken });
    dynamo.on(TransactWriteCommand).rejects(refusedAt(0));
    expect(await call(claim(deps), { path: { id: ID } })).toMatchObject({
      status: 409,
      body: { code: 'CLAIMED', detail: `Work item ${ID} is claimed by bob until 2026-03-02T08:30:00.000Z` },
    });
  });

  it('gives up when others keep changing the work item', async () => {
    onDesk();
    dynamo.on(TransactWriteCommand).rejects(refusedAt(0));
    expect(await call(claim(deps), { path: { id: ID } })).toMatchObject({
      status: 409,
      body: { code: 'CHANGED_MEANWHILE' },
    });
  });
});

describe('POST /work-items/{id}/complete', () => {
  const finish = (body: unknown = SCANNED) => call(complete(deps), { path: { id: ID }, body });
  beforeEach(() => {
    onDesk();
    dynamo.on(GetCommand, { TableName: 'suborders' }).resolves({});
    dynamo
      .on(GetCommand, { TableName: 'suborders', Key: { order: workItem().order, sk: 'SUBORDER#04' } })
      .resolves({ Item: suborderRow() });
  });

  it('writes everything in one transaction', async () => {
    dynamo.on(TransactWriteCommand).resolves({});
    expect(await finish()).toMatchObject({
      status: 200,
      body: { state: 'done', result: { action: 'COMPLETE', by: 'ada' } },
    });
    const [written] = dynamo.commandCalls(TransactWriteCommand);
    const tables = written?.args[0].input.TransactItems?.map(({ Put, Update }) => (Put ?? Update)?.TableName);
    expect(tables).toEqual([
      'workItems',
      'waits',
      'bindings',
      'bindings',
      'history',
      'suborders',
      'suborders',
    ]);
  });

  it('looks again when the work item was changed in between', async () => {
    dynamo.on(TransactWriteCommand).rejectsOnce(refusedAt(0)).resolves({});
    expect(await finish()).toMatchObject({ status: 200 });
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(2);
  });

  it('names who has the unit when another suborder was faster', async () => {
    dynamo.on(TransactWriteCommand).rejectsOnce(refusedAt(3));
    dynamo
      .on(GetCommand, { TableName: 'bindings', Key: { binding: 'MAC#A1B2C3D4E5F6' } })
      .resolvesOnce({})
      .resolves({ Item: { binding: 'MAC#A1B2C3D4E5F6', order: 'OTHER', suborder: '09', at: START } });
    dynamo
      .on(GetCommand, { TableName: 'suborders', Key: { order: 'OTHER', sk: 'SUBORDER#09' } })
      .resolves({ Item: suborderRow({ order: 'OTHER', suborder: '09' }) });
    expect(await finish()).toMatchObject({
      status: 409,
      body: {
        code: 'MAC_IN_USE',
        detail: 'MAC address A1B2C3D4E5F6 belongs to suborder 09 of order OTHER already',
      },
    });
  });

  it('says so when the flow has gone on', async () => {
    dynamo.on(TransactWriteCommand).rejects(refusedAt(1));
    expect(await finish()).toMatchObject({ status: 409, body: { code: 'NOT_WAITING' } });
  });

  it('asks to try again when the tables are too busy', async () => {
    const busy = new TransactionCanceledException({
      $metadata: {},
      message: 'cancelled',
      CancellationReasons: [{ Code: 'TransactionConflict' }],
    });
    dynamo.on(TransactWriteCommand).rejects(busy);
    expect((await finish()).status).toBe(503);
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(5);
  });

  it('names each wrong field', async () => {
    expect(await finish({ serialNumber: 'R70000012345', macAddress: 'zz', ok: true })).toMatchObject({
      status: 400,
      body: {
        code: 'InvalidBody',
        errors: [
          expect.objectContaining({ pointer: '/serialNumber' }),
          expect.objectContaining({ pointer: '/macAddress' }),
        ],
      },
    });
    expect(dynamo.commandCalls(TransactWriteCommand)).toHaveLength(0);
  });
});

it('POST /reject and /resolve answer the work item as it is then', async () => {
  dynamo.on(TransactWriteCommand).resolves({});
  onDesk();
  expect(await call(reject(deps), { path: { id: ID }, body: { code: 'NOT_FOUND' } })).toMatchObject({
    status: 200,
    body: { state: 'done', result: { action: 'NOT_FOUND' } },
  });
  onDesk({ kind: 'fallout' });
  const retry = { action: 'RETRY', reason: 'fixed' };
  expect(await call(resolve(deps), { path: { id: ID }, body: retry })).toMatchObject({
    status: 200,
    body: { state: 'done', result: { action: 'RETRY', note: 'fixed' } },
  });
});

describe('the queue of a desk', () => {
  it('refuses what is no message, without the token in the log', async () => {
    const body = JSON.stringify({ kind: 'manual', taskToken: 'secret', order: 'X' });
    await expect(open(deps)({ messageId: 'm-1', body })).rejects.toThrow(/suborder/);
    await expect(open(deps)({ messageId: 'm-2', body: 'no JSON' })).rejects.toThrow(SyntaxError);
    const unknown = JSON.stringify({ kind: 'party', taskToken: 'secret' });
    await expect(open(deps)({ messageId: 'm-3', body: unknown })).rejects.toThrow(/kind/);
  });

  it('puts a notice on the desk, once, with no wait behind it', async () => {
    dynamo.on(TransactWriteCommand).resolves({});
    const body = JSON.stringify({
      kind: 'notice',
      desk: 'CUSTOMER_CARE',
      order: workItem().order,
      suborder: '04',
      step: 'ship',
      task: 'correspondence.send',
      title: 'Call the customer: HW_SHIPPED could not be sent',
      event: 'event-1',
      failure: { error: 'NO_VALID_CHANNEL', cause: '' },
      timeLimitSeconds: 3600,
    });
    await open(deps)({ messageId: 'm-1', body });
    const [first] = dynamo.commandCalls(TransactWriteCommand)[0]?.args[0].input.TransactItems ?? [];
    expect(first?.Put).toMatchObject({
      TableName: 'workItems',
      Item: { kind: 'notice', desk: 'CUSTOMER_CARE', state: 'open', deskState: 'CUSTOMER_CARE#open' },
    });
    expect(first?.Put?.Item).not.toHaveProperty('wait');
    dynamo.on(TransactWriteCommand).rejects(refusedAt(0));
    await expect(open(deps)({ messageId: 'm-2', body })).resolves.toBeUndefined();
  });
});

describe('a batch of messages', () => {
  const record = (messageId: string, body: unknown): SQSRecord => ({
    messageId,
    receiptHandle: messageId,
    body: JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'flow',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-north-1:000000000000:desk',
    awsRegion: 'eu-north-1',
  });

  it('gives back only what could not be opened', async () => {
    const document = JSON.stringify({ orderDate: START, relatedParty: [], productOrderItem: [] });
    const { order } = workItem();
    const key = { order, sk: 'SUBORDER#04' };
    dynamo.on(BatchGetCommand).resolves({
      Responses: {
        orders: [{ pk: `ORDER#${order}`, sk: 'DOCUMENT', document }],
        suborders: [{ ...suborderRow(), ...key }],
      },
    });
    dynamo.on(GetCommand, { TableName: 'suborders', Key: key }).resolves({ Item: suborderRow() });
    dynamo.on(QueryCommand).resolves({ Items: [] });
    dynamo.on(TransactWriteCommand).resolves({});
    const Records = [record('good', pickMessage()), record('bad', { taskToken: 'secret' })];
    expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'bad' }] });
    expect(await handler({ Records: [record('bad', {})] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'bad' }],
    });
  });
});

describe('POST /events', () => {
  const headers = { 'content-type': 'application/cloudevents+json' };
  const event = {
    specversion: '1.0',
    id: 'e-1',
    source: '/post',
    type: 'milepost.delivery.delivered',
    subject: 'TR-1',
    data: { deliveredAt: '2026-03-04' },
  };

  it('accepts an event that nobody waits for yet', async () => {
    dynamo.on(PutCommand).resolves({});
    expect(await call(receive(deps), { headers, body: event })).toMatchObject({
      status: 202,
      body: { id: 'e-1', status: 'kept' },
    });
    expect(dynamo.commandCalls(PutCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'inbox',
      Item: { correlationKey: 'delivery#TR-1', status: 'pending', time: START },
      ConditionExpression: 'attribute_not_exists(sk)',
    });
  });

  it('accepts a duplicate', async () => {
    dynamo.on(PutCommand).rejects(new ConditionalCheckFailedException({ $metadata: {}, message: 'known' }));
    expect(await call(receive(deps), { headers, body: event })).toMatchObject({
      status: 202,
      body: { status: 'duplicate' },
    });
  });

  it('refuses an unknown type', async () => {
    const answer = await call(receive(deps), { headers, body: { ...event, type: 'milepost.weather.rain' } });
    expect(answer).toMatchObject({
      status: 400,
      type: 'application/problem+json',
      body: { code: 'InvalidBody' },
    });
    expect(answer.text).toContain('milepost.visit.no-access');
  });
});
