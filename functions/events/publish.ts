import { Logger } from '@aws-lambda-powertools/logger';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { type DomainEvent, domainEvents } from '#shared/domain-events.ts';
import { newImages } from '../stream.ts';

/** EventBridge takes no more entries in one request. */
const BATCH = 10;

const logger = new Logger();

/**
 * Puts what happened to orders and suborders on the event bus, in the order in which it happened per order, at least
 * once; each event has an id to drop duplicates by. An entry that the bus refuses is tried again with those behind it.
 */
export const publish =
  (eventBridge: Pick<EventBridgeClient, 'send'>, bus: string) => async (event: unknown) => {
    const changes = newImages(event);
    const events = changes.flatMap((change) => domainEvents(change).map((what) => ({ what, change })));
    for (let start = 0; start < events.length; start += BATCH) {
      const batch = events.slice(start, start + BATCH);
      const { Entries = [] } = await eventBridge.send(
        new PutEventsCommand({ Entries: batch.map(({ what }) => entry(what, bus)) }),
      );
      const failed = Entries.findIndex(({ ErrorCode }) => ErrorCode);
      const refused = batch[failed];
      if (refused) {
        logger.error('not published', { error: Entries[failed]?.ErrorCode, id: refused.what.detail.id });
        return { batchItemFailures: [{ itemIdentifier: refused.change.sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };

const entry = ({ type, detail }: DomainEvent, EventBusName: string) => ({
  EventBusName,
  Source: 'milepost',
  DetailType: type,
  Time: new Date(detail.at),
  Detail: JSON.stringify(detail),
});

const eventBridge = new EventBridgeClient();

export const handler = (event: unknown) => {
  const bus = process.env.BUS_NAME;
  if (!bus) throw new Error('The environment variable BUS_NAME is not set');
  return publish(eventBridge, bus)(event);
};
