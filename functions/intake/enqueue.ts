import { Logger } from '@aws-lambda-powertools/logger';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { CANCELLATION } from '#shared/store/records.ts';
import { newImages } from '../stream.ts';

const newOrderSchema = z.object({ order: z.string() });
const newCancellationSchema = z.object({ order: z.string(), cancellation: z.string() });

/** URLs of the queues. */
interface Queues {
  readonly intake: string;
  readonly cancellations: string;
}

const logger = new Logger();

/**
 * Puts each new order of the `orders` stream on the intake queue, from which it is started at a pace that Step
 * Functions bears, and each request to cancel on that of cancellations. The subscription lets only these through. A record that cannot be sent is delivered again with
 * those behind it; an order that is queued twice is started once.
 */
export const enqueue =
  (sqs: Pick<SQSClient, 'send'>, queues: Queues) =>
  async (event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
    for (const { image, before, sequenceNumber } of newImages(event)) {
      if (before) continue;
      try {
        const message = messageOf(image, queues);
        if (message) await sqs.send(new SendMessageCommand(message));
      } catch (error) {
        logger.error('A record could not be put on its queue', { error });
        return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };

function messageOf(image: Readonly<Record<string, unknown>>, { intake, cancellations }: Queues) {
  if (image.sk === 'HEADER')
    return { QueueUrl: intake, MessageBody: JSON.stringify(newOrderSchema.parse(image)) };
  if (String(image.sk).startsWith(CANCELLATION))
    return { QueueUrl: cancellations, MessageBody: JSON.stringify(newCancellationSchema.parse(image)) };
  return undefined;
}

const sqs = new SQSClient();

export const handler = (event: unknown) => {
  const { INTAKE_QUEUE_URL: intake, CANCELLATIONS_QUEUE_URL: cancellations } = process.env;
  if (!intake || !cancellations)
    throw new Error('The environment variables INTAKE_QUEUE_URL and CANCELLATIONS_QUEUE_URL are not set');
  return enqueue(sqs, { intake, cancellations })(event);
};
