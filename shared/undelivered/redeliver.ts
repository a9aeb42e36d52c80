import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { Finding } from '#shared/sweeper/findings.ts';
import {
  handOver,
  type Position,
  type PositionDependencies,
  positionSchema,
  recordsAt,
} from './stream-positions.ts';

export interface UndeliveredDependencies extends PositionDependencies {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly eventBridge: Pick<EventBridgeClient, 'send'>;
  readonly undeliveredQueueUrl: string;
  readonly bus: string;
}

/** What its target or its consumer did not take, and how it is taken out of the queue once something was done about it. */
export interface Undelivered {
  readonly findings: readonly Finding[];
  readonly remove: () => Promise<void>;
}

/** What stays in the queue although it was looked at, to be tried again. */
export interface Left {
  readonly about: string;
  readonly why: string;
  /** Whether that is in vain: what it was about is gone, and no order can be named. */
  readonly isLost: boolean;
  /** What people are told meanwhile. */
  readonly findings: readonly Finding[];
}

/** Messages of one run; SQS hands out no more at once. */
const MESSAGES = 10;
/** How often something is tried before people are told. EventBridge tries an event for a day each time. */
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
 * Takes up what was given up: domain events that their target did not take are put on the bus again, and records of a
 * stream are handed to their consumer once more. Both know what they have handled before. After some times people are told;
 * an event is for them to deal with then, records are tried on for as long as the stream has them. Other messages
 * (wake-ups) stay, and the queue's alarm rings.
 */
export async function redeliver(
  deps: UndeliveredDependencies,
): Promise<{ done: readonly Undelivered[]; left: readonly Left[] }> {
  const { sqs, undeliveredQueueUrl: QueueUrl } = deps;
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: MESSAGES,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  );
  const done: Undelivered[] = [];
  const left: Left[] = [];
  for (const message of Messages.map(asRead).toSorted(byPosition)) {
    const { event, position, receives, ReceiptHandle } = message;
    const outcome = event
      ? await redeliverEvent(deps, event)
      : position
        ? await redeliverPosition(deps, position, receives)
        : undefined;
    if (!outcome) continue;
    if ('why' in outcome) left.push(outcome);
    else
      done.push({
        findings: outcome,
        remove: async () => void (await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }))),
      });
  }
  return { done, left };
}

/** What became of a message: what there is to tell of it, or that it stays. */
type Outcome = readonly Finding[] | Left;

interface ReadMessage {
  readonly event?: Event | undefined;
  readonly position?: Position | undefined;
  readonly receives: number;
  readonly ReceiptHandle: string | undefined;
}

function asRead({ Body = '', ReceiptHandle, Attributes }: Message): ReadMessage {
  const receives = Number(Attributes?.ApproximateReceiveCount ?? 1);
  try {
    const body: unknown = JSON.parse(Body);
    const [event, position] = [eventSchema.safeParse(body).data, positionSchema.safeParse(body).data];
    return { event, position, receives, ReceiptHandle };
  } catch {
    return { receives, ReceiptHandle };
  }
}

/** Records of one order are in one shard, and are handled in the order in which they were written. */
const byPosition = (one: ReadMessage, other: ReadMessage): number =>
  start(one) < start(other) ? -1 : start(one) > start(other) ? 1 : 0;

const start = ({ position }: ReadMessage): bigint =>
  BigInt(position?.DDBStreamBatchInfo.startSequenceNumber ?? 0);

async function redeliverEvent(deps: UndeliveredDependencies, event: Event): Promise<Outcome> {
  const { id, order, suborder, step } = event.detail;
  const about = `${event['detail-type']} ${id}`;
  const times = event.resources.filter((resource) => resource.startsWith(REDELIVERY)).length;
  const isGivenUp = times >= REDELIVERIES;
  if (!isGivenUp && !(await putAgain(deps, event, times + 1)))
    return { about, why: 'The bus has refused it', isLost: false, findings: [] };
  const action = isGivenUp ? 'reported' : 'repaired';
  return [{ kind: 'EVENT_NOT_DELIVERED', order, suborder, step, about, action }];
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

async function redeliverPosition(
  deps: UndeliveredDependencies,
  position: Position,
  receives: number,
): Promise<Outcome> {
  const consumer = position.requestContext.functionArn.split(':').at(-1);
  const about = `${consumer} ${position.DDBStreamBatchInfo.startSequenceNumber}`;
  try {
    const records = await recordsAt(deps, position);
    if (!records)
      return { about, why: 'The records are no longer in the stream', isLost: true, findings: [] };
    const { taken, refused, error } = await handOver(deps, position, records);
    const named = (some: typeof records, action: Finding['action']) =>
      ordersOf(some).map((of): Finding => ({ kind: 'CHANGE_NOT_HANDLED', ...of, about: consumer, action }));
    if (refused.length === 0) return named(taken, 'repaired');
    const findings = receives < REDELIVERIES ? [] : named(refused, 'reported');
    return { about, why: `The consumer has not taken it: ${error}`, isLost: false, findings };
  } catch (error) {
    return { about, why: `The records cannot be read: ${error}`, isLost: false, findings: [] };
  }
}

const ofOrderSchema = z.object({
  order: z.object({ S: z.string() }),
  suborder: z.object({ S: z.string() }).default({ S: MANAGEMENT }),
  step: z.object({ S: z.string() }).optional(),
});

/** The orders that records are about, each with the first place in it. */
function ordersOf(records: NonNullable<Awaited<ReturnType<typeof recordsAt>>>) {
  const places = records.flatMap(({ dynamodb }) => {
    const { data } = ofOrderSchema.safeParse(dynamodb?.NewImage ?? dynamodb?.OldImage);
    return data ? [{ order: data.order.S, suborder: data.suborder.S, step: data.step?.S }] : [];
  });
  return [...new Map(places.toReversed().map((place) => [place.order, place])).values()];
}
