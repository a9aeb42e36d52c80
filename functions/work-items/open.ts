import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { Logger } from '@aws-lambda-powertools/logger';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { deskMessageSchema, noticeSchema } from '#shared/work-items/message.ts';
import { openNotice } from '#shared/work-items/notice.ts';
import { openWorkItem } from '#shared/work-items/open.ts';

const logger = new Logger();

/** Puts the message of a desk's queue on the desk; the log names what it is about and never the token. */
export const open = (deps: Dependencies) => async (record: Pick<SQSRecord, 'body' | 'messageId'>) => {
  try {
    const message = z
      .discriminatedUnion('kind', [noticeSchema, deskMessageSchema])
      .parse(JSON.parse(record.body));
    const { order, suborder, step, desk, kind } = message;
    const status = await (message.kind === 'notice'
      ? openNotice(deps, message)
      : openWorkItem(deps, message));
    logger.info('Opened', { order, suborder, step, desk, kind, status });
  } catch (error) {
    const { name } = error instanceof Error ? error : new Error();
    logger.error('Not opened', { messageId: record.messageId, error: name });
    throw error;
  }
};

const processor = new BatchProcessor(EventType.SQS);
const deps = defaultDependencies();

/** Serves the queues of all desks. What cannot be opened goes back to its queue, alone, and at last to its dead-letter queue. */
export const handler = (event: SQSEvent): Promise<SQSBatchResponse> =>
  processPartialResponse(event, open(deps), processor, { throwOnFullBatchFailure: false });
