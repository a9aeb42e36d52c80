import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

const logger = new Logger();

/**
 * A Lambda handler for the messages of a queue: each is handled on its own, and only those that failed are delivered
 * again, until the queue's redrive policy moves them to its dead-letter queue. Bodies are never logged: they hold tokens.
 */
export const queueHandler = (handle: (body: unknown, record: SQSRecord) => Promise<void>) => {
  const one = async (record: SQSRecord) => {
    try {
      await handle(parse(record.body), record);
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error('unknown error');
      logger.error('message not handled', { messageId: record.messageId, error: name, reason: message });
      throw error;
    }
  };
  return (event: SQSEvent, context: Context) =>
    processPartialResponse(event, one, new BatchProcessor(EventType.SQS), {
      context,
      throwOnFullBatchFailure: false,
    });
};

/** The error of `JSON.parse` quotes the text, and so perhaps a token. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new SyntaxError('The message is not JSON');
  }
}
