import { Logger } from '@aws-lambda-powertools/logger';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { newImages } from '../stream.ts';

const newOrderSchema = z.object({ order: z.string() });

const logger = new Logger();

/**
 * Puts each new order of the `orders` stream on the intake queue, from which it is started at a pace that Step
 * Functions bears. The subscription lets only new headers through. A record that cannot be sent is delivered again with
 * those behind it; an order that is queued twice is started once.
 */
export const enqueue =
  (sqs: Pick<SQSClient, 'send'>, queueUrl: string) =>
  async (event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
    for (const { image, before, sequenceNumber } of newImages(event)) {
      if (image.sk !== 'HEADER' || before) continue;
      try {
        const { order } = newOrderSchema.parse(image);
        await sqs.send(
          new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify({ order }) }),
        );
      } catch (error) {
        logger.error('An order could not be put on the intake queue', { error });
        return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
      }
    }
    return { batchItemFailures: [] };
  };

const sqs = new SQSClient();

export const handler = (event: unknown) => {
  const queueUrl = process.env.INTAKE_QUEUE_URL;
  if (!queueUrl) throw new Error('The environment variable INTAKE_QUEUE_URL is not set');
  return enqueue(sqs, queueUrl)(event);
};
