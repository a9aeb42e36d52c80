import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { redeliverEvents } from '#shared/sweeper/undelivered.ts';

const sqs = mockClient(SQSClient);
const eventBridge = mockClient(EventBridgeClient);
const deps = {
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
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
});

async function redeliver(...messages: object[]) {
  sqs.on(ReceiveMessageCommand).resolves({ Messages: messages });
  return redeliverEvents(deps);
}

it.each([0, 1, 2])('puts an event on the bus again that was there %i times before', async (times) => {
  const [handled] = await redeliver(message(again(times)));
  expect(handled?.finding).toMatchObject({ kind: 'EVENT_NOT_DELIVERED', action: 'repaired', suborder: '01' });
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
  const [handled] = await redeliver(message(again(3)));
  expect(eventBridge.commandCalls(PutEventsCommand)).toHaveLength(0);
  expect(handled?.finding).toMatchObject({ action: 'reported', about: 'OrderAmended event-1' });
});

it('leaves in the queue what the bus refuses, and what is no event of ours', async () => {
  eventBridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1 });
  const others = [{ Body: '{"DDBStreamBatchInfo":{}}' }, { Body: 'no JSON' }, message([], 'aws.states')];
  expect(await redeliver(message(), ...others)).toEqual([]);
});
