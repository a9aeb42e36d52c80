import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Finding } from './findings.ts';

export interface UndeliveredDependencies {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly eventBridge: Pick<EventBridgeClient, 'send'>;
  readonly undeliveredQueueUrl: string;
  readonly bus: string;
}

/** An event that its target did not take, and how it is taken out of the queue once something was done about it. */
export interface Undelivered {
  readonly finding: Finding;
  readonly remove: () => Promise<void>;
}

/** Messages of one run; SQS hands out no more at once. */
const MESSAGES = 10;
/** How often an event is put on the bus again before people look at it; EventBridge tries a day each time. */
const REDELIVERIES = 3;
const REDELIVERY = 'milepost:redelivery:';

/** A domain event as EventBridge leaves it in a dead-letter queue. */
const eventSchema = z.object({
  source: z.literal('milepost'),
  'detail-type': z.string(),
  time: z.iso.datetime(),
  resources: z.array(z.string()).default([]),
  detail: z.looseObject({
    id: z.string(),
    order: z.string(),
    suborder: z.string(),
    step: z.string().optional(),
  }),
});
type Event = z.output<typeof eventSchema>;

/**
 * Puts domain events that their target did not take on the bus again: consumers know them by their id. After some times it
 * is for people to say what went wrong. Other messages (positions in a stream, wake-ups) stay, and the queue's alarm rings.
 */
export async function redeliverEvents(deps: UndeliveredDependencies): Promise<Undelivered[]> {
  const { sqs, undeliveredQueueUrl: QueueUrl } = deps;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: MESSAGES }),
  );
  const handled: Undelivered[] = [];
  for (const { Body, ReceiptHandle } of Messages) {
    const event = readEvent(Body);
    if (!event) continue;
    const times = event.resources.filter((resource) => resource.startsWith(REDELIVERY)).length;
    const isGivenUp = times >= REDELIVERIES;
    if (!isGivenUp && !(await putAgain(deps, event, times + 1))) continue;
    const { id, order, suborder, step } = event.detail;
    handled.push({
      finding: {
        ...{ kind: 'EVENT_NOT_DELIVERED', order, suborder, step, about: `${event['detail-type']} ${id}` },
        action: isGivenUp ? 'reported' : 'repaired',
      },
      remove: async () => void (await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
    });
  }
  return handled;
}

function readEvent(body = ''): Event | undefined {
  try {
    return eventSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Whether the bus took it; what it refuses stays in the queue until the next run. */
async function putAgain({ eventBridge, bus }: UndeliveredDependencies, event: Event, time: number) {
  const { FailedEntryCount = 0 } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: event.source,
          DetailType: event['detail-type'],
          Time: new Date(event.time),
          Resources: [...event.resources, `${REDELIVERY}${time}`],
          Detail: JSON.stringify(event.detail),
        },
      ],
    }),
  );
  return FailedEntryCount === 0;
}
