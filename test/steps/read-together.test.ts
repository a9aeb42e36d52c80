import { BatchGetCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { documentClient } from '#shared/store/client.ts';
import { readTogether } from '#shared/store/read-together.ts';
import { TABLES } from '#shared/store/tables.ts';

const documents = documentClient();
const dynamo = mockClient(documents);
const header = { pk: 'ORDER#1', sk: 'HEADER' };
const document = { pk: 'ORDER#1', sk: 'DOCUMENT' };
const suborder = { order: '1', sk: 'SUBORDER#01' };
const read = () =>
  readTogether({ documents }, [
    { table: 'orders', key: document },
    { table: 'suborders', key: suborder },
    { table: 'orders', key: header },
  ]);

beforeEach(() => {
  dynamo.reset();
  for (const [table, { environment }] of Object.entries(TABLES)) process.env[environment] = table;
});

describe('items that are read together', () => {
  it('come in the order in which they were asked for, consistently, with gaps where there is none', async () => {
    dynamo
      .on(BatchGetCommand)
      .resolves({ Responses: { orders: [{ ...header, state: 'held' }], suborders: [suborder] } });
    expect(await read()).toEqual([undefined, suborder, { ...header, state: 'held' }]);
    expect(dynamo.commandCalls(BatchGetCommand)[0]?.args[0].input).toEqual({
      RequestItems: {
        orders: { Keys: [document, header], ConsistentRead: true },
        suborders: { Keys: [suborder], ConsistentRead: true },
      },
    });
  });

  it('are asked for again when DynamoDB leaves some out', async () => {
    const left = { orders: { Keys: [document], ConsistentRead: true } };
    dynamo
      .on(BatchGetCommand)
      .resolvesOnce({ Responses: { orders: [header], suborders: [suborder] }, UnprocessedKeys: left })
      .resolvesOnce({ Responses: { orders: [document] } });
    expect(await read()).toEqual([document, suborder, header]);
    expect(dynamo.commandCalls(BatchGetCommand)[1]?.args[0].input).toEqual({ RequestItems: left });
  });

  it('are too many for DynamoDB now: the step is tried again', async () => {
    dynamo
      .on(BatchGetCommand)
      .resolves({ UnprocessedKeys: { orders: { Keys: [document], ConsistentRead: true } } });
    await expect(read()).rejects.toMatchObject({ name: 'Throttled' });
    expect(dynamo.commandCalls(BatchGetCommand)).toHaveLength(3);
  });
});
