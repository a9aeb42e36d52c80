import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetExecutionHistoryCommand,
  type HistoryEvent,
  paginateListExecutions,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import type { Fault } from '#local/admin/admin-model.ts';
import { usualFaults } from '#local/faults/faults.ts';
import { Api } from '#scripts/api.ts';
import { play } from '#scripts/demo/play.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { DEMO_START, Platform } from '#scripts/platform.ts';

const HOUR = 3600 * 1000;
/** Of each message to the customer of the reference order, how many. */
const MESSAGES = {
  HW_SHIPPED: 2,
  ORDER_CONFIRMED: 1,
  ORDER_RECEIVED: 1,
  SERVICE_ACTIVE: 7,
  SIM_READY: 1,
  VISIT_CONFIRMED: 1,
  VISIT_ON_THE_WAY: 1,
  VISIT_REMINDER: 1,
};

/** Ids, ports and task tokens, and the sums of messages with such a token. */
const MADE_UP = [
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
  /(?<=127\.0\.0\.1:)\d+/g,
  /(?<=token\\*":\\*")[^"\\]+/gi,
  /(?<=MD5\w*\\*":\\*")[0-9a-f]{32}/g,
];

/** Of the one order at a time that is carried out here. */
let platform: Platform;

interface Course {
  readonly faults: readonly Fault[];
  /** The events of each execution, by its name: all that they tell but what AWS makes up. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
}

/** Carries out the reference order on a platform of its own while things go wrong, and checks that nothing of it shows. */
async function carryOut(seed: number): Promise<Course> {
  platform = await Platform.start({ clock: 'manual', start: DEMO_START, sequential: true });
  await using stopping = new AsyncDisposableStack();
  stopping.defer(() => platform.stop());
  const { cloud, simulator } = platform;
  const api = new Api(platform.url, (role) => platform.token(role));
  await cloud.faults(usualFaults(seed));
  const { order, stuck } = await play(platform, api, readReferenceOrder());
  // Messages about the end are on their way.
  await platform.advanceTo((await cloud.now()) + HOUR);
  const faults = await cloud.faultLog();
  await cloud.faults({ rules: [] });

  expect({ state: order.state, stuck }).toEqual({ state: 'completed', stuck: [] });
  expect(simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
  const sent = Object.groupBy(simulator.messages(order.id), ({ template }) => String(template));
  // What goes wrong takes time: the customer may have been told a new date, once.
  const { ORDER_DELAYED = 0, ...messages } = Object.fromEntries(
    Object.entries(sent).map(([template, all = []]) => [template, all.length]),
  );
  expect(messages).toEqual(MESSAGES);
  expect(ORDER_DELAYED).toBeLessThanOrEqual(1);
  expect(await openTokens(order.id)).toEqual([]);
  expect(await heldMessages()).toEqual([]);
  return { faults, histories: await historiesOf(order.id) };
}

/** Waits of an order that have a token still, or are not over. */
async function openTokens(order: string): Promise<unknown[]> {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(platform.cloud.clientConfig));
  const { name } = await platform.cloud.resource('AWS::DynamoDB::Table', 'Waits');
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: '#order = :order',
      ExpressionAttributeNames: { '#order': 'order' },
      ExpressionAttributeValues: { ':order': order },
    }),
  );
  return Items.filter(({ token, status }) => token !== undefined || status === 'open');
}

/** Queues, dead letters among them, that hold a message. */
async function heldMessages(): Promise<string[]> {
  const queues = new SQSClient(platform.cloud.clientConfig);
  const { resources } = await platform.cloud.resources();
  const counted = resources
    .filter(({ type }) => type === 'AWS::SQS::Queue')
    .map(async ({ name, physicalId }) => {
      const { Attributes = {} } = await queues.send(
        new GetQueueAttributesCommand({ QueueUrl: physicalId, AttributeNames: ['All'] }),
      );
      const { ApproximateNumberOfMessages: ready, ApproximateNumberOfMessagesNotVisible: hidden } =
        Attributes;
      return ready === '0' && hidden === '0' ? [] : [name];
    });
  return (await Promise.all(counted)).flat();
}

async function historiesOf(order: string): Promise<Course['histories']> {
  const client = new SFNClient(platform.cloud.clientConfig);
  const { resources } = await platform.cloud.resources();
  const histories = new Map<string, readonly string[]>();
  for (const { physicalId } of resources.filter(({ type }) => type === 'AWS::StepFunctions::StateMachine'))
    for await (const { executions = [] } of paginateListExecutions(
      { client },
      { stateMachineArn: physicalId },
    ))
      for (const { name = '', executionArn, status } of executions.filter((one) =>
        one.name?.includes(order),
      )) {
        expect(status).toBe('SUCCEEDED');
        const { events = [] }: { events?: HistoryEvent[] | undefined } = await client.send(
          new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }),
        );
        histories.set(
          name,
          events.map((event) =>
            MADE_UP.reduce((text, what) => text.replace(what, ''), JSON.stringify(event)),
          ),
        );
      }
  return histories;
}

it('carries out orders whatever goes wrong, and the same seed has the same faults and the same histories to the last event', async () => {
  const first = await carryOut(7);
  const kinds = new Set(first.faults.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(['kill', 'function-timeout', 'throttle', 'duplicate', 'reorder']));

  const second = await carryOut(7);
  expect(second).toEqual(first);
});
