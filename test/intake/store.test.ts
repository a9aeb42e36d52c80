import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { NotFound } from '#shared/domain/errors.ts';
import { documentClient } from '#shared/store/client.ts';
import { loadOrders } from '#shared/store/order-list.ts';
import { insertOrder, loadDocument } from '#shared/store/orders.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import { example } from './requests.ts';

vi.hoisted(() => {
  process.env.ORDERS_TABLE = 'orders';
});

const client = documentClient();
const dynamo = mockClient(DynamoDBDocumentClient);
const document = readOrder(example('minimal'), '2026-11-23T10:00:00.000Z');
const idempotency = { client: 'portal', key: 'k', bodyHash: 'h' };

const OUTLOOK = { expectedCompletionDate: '2026-11-27T10:00:00.000Z' };

/** What DynamoDB answers when it cancels a transaction of header, document, party and idempotency record. */
const cancelled = (...codes: string[]) =>
  new TransactionCanceledException({
    message: '',
    $metadata: {},
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

const writes = () => dynamo.commandCalls(TransactWriteCommand).map(({ args: [command] }) => command.input);

beforeEach(() => {
  dynamo.reset();
});

describe('keeping an order', () => {
  it('writes header, document, parties and the request, and nothing else', async () => {
    const { order } = await insertOrder(client, document, OUTLOOK, idempotency, () => 'N');
    expect(order).toBe('N');
    const items = (writes()[0]?.TransactItems ?? []).map(({ Put }) => Put);
    expect(items).toMatchObject([
      {
        Item: {
          pk: 'ORDER#N',
          sk: 'HEADER',
          state: 'acknowledged',
          expectedCompletionDate: OUTLOOK.expectedCompletionDate,
          promisedDate: '2026-11-27T22:59:59.999Z',
          list: 'orders',
          listKey: '2026-11-23T10:00:00.000Z#N',
          version: 1,
        },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
      { Item: { pk: 'ORDER#N', sk: 'DOCUMENT', order: 'N', document: JSON.stringify(document) } },
      {
        Item: {
          pk: 'ORDER#N',
          sk: 'PARTY#customer-1001',
          party: 'customer-1001',
          listKey: '2026-11-23T10:00:00.000Z#N',
        },
      },
      {
        Item: {
          pk: expect.stringMatching(/^IDEMPOTENCY#portal#[0-9a-f]{64}$/),
          sk: 'KEY',
          bodyHash: 'h',
          order: 'N',
          expiresAt: Date.parse('2026-11-30T10:00:00Z') / 1000,
        },
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      },
    ]);
    expect(items).toHaveLength(4);
  });

  it('writes again when another transaction is in the way', async () => {
    dynamo
      .on(TransactWriteCommand)
      .rejectsOnce(cancelled('None', 'None', 'None', 'TransactionConflict'))
      .resolves({});
    dynamo.on(GetCommand).resolves({});
    const numbers = ['A', 'B'];
    expect(
      await insertOrder(client, document, OUTLOOK, idempotency, () => numbers.shift() ?? ''),
    ).toMatchObject({
      order: 'B',
    });
  });

  it('gives the order of the request that was faster', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('None', 'None', 'None', 'ConditionalCheckFailed'));
    dynamo.on(GetCommand).resolves({ Item: { bodyHash: 'h', order: 'FAST', expiresAt: 9_999_999_999 } });
    dynamo
      .on(GetCommand, { Key: { pk: 'ORDER#FAST', sk: 'DOCUMENT' } })
      .resolves({ Item: { document: JSON.stringify(document) } });
    expect(await insertOrder(client, document, OUTLOOK, idempotency)).toEqual({ order: 'FAST', document });
    expect(writes()).toHaveLength(1);
  });

  it('gives up as a technical error when others are always in the way', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'None', 'None'));
    await expect(insertOrder(client, document, OUTLOOK)).rejects.toMatchObject({ code: 'Conflict' });
  });

  it('does not repeat what can only fail again', async () => {
    dynamo.on(TransactWriteCommand).rejects(cancelled('ValidationError', 'None', 'None'));
    await expect(insertOrder(client, document, OUTLOOK)).rejects.toBeInstanceOf(TransactionCanceledException);
    expect(writes()).toHaveLength(1);
  });
});

describe('reading orders', () => {
  it('says which order does not exist', async () => {
    dynamo.on(GetCommand).resolves({});
    await expect(loadDocument(client, 'N')).rejects.toBeInstanceOf(NotFound);
  });

  it('asks again for what a batch left out, and leaves out what has vanished', async () => {
    const { TransactItems = [] } = await insertOrder(client, document, OUTLOOK, undefined, () => 'N').then(
      () => writes()[0] ?? { TransactItems: undefined },
    );
    const [header, kept] = TransactItems.map(({ Put }) => Put?.Item ?? {});
    const left = { orders: { Keys: [{ pk: 'ORDER#N', sk: 'DOCUMENT' }] } };
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { orders: [header ?? {}] }, UnprocessedKeys: left })
      .resolves({ Responses: { orders: [kept ?? {}] } });
    const orders = await loadOrders(client, ['N', 'GONE']);
    expect(orders).toMatchObject([{ header: { order: 'N' }, document }]);
    expect(dynamo.commandCalls(BatchGetCommand)[1]?.args[0].input).toEqual({ RequestItems: left });
  });

  it('fails as busy when the table does not answer all keys', async () => {
    dynamo.on(BatchGetCommand).resolves({ UnprocessedKeys: { orders: { Keys: [{ pk: 'a', sk: 'b' }] } } });
    await expect(loadOrders(client, ['N'])).rejects.toMatchObject({ code: 'Throttled' });
  });
});
