import {
  type _Record,
  type DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { TechnicalError } from '#shared/domain/errors.ts';

export interface PositionDependencies {
  readonly streams: Pick<DynamoDBStreamsClient, 'send'>;
  readonly lambda: Pick<LambdaClient, 'send'>;
}

/** What a consumer of a stream has given up, as its event source mapping leaves it in a queue: where, not what. */
export const positionSchema = z.object({
  requestContext: z.object({ functionArn: z.string() }),
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});
export type Position = z.output<typeof positionSchema>;

/** How a consumer did with the records of a position. */
export interface HandedOver {
  readonly taken: readonly _Record[];
  /** The first that it did not take, and all behind it. */
  readonly refused: readonly _Record[];
  /** Why it did not. */
  readonly error?: unknown;
}

/** Records that a consumer gets at a time, as few as any gets from its mapping. */
const BATCH = 25;
/** Pages of up to 1 MB in which the end of a position must be. */
const PAGES = 20;
/** Consumers take less than a second. */
const TIME_LIMIT_MS = 15_000;

/**
 * The records of a position, the first one first. Those between them that the mapping's filters had kept from the
 * consumer are there as well: consumers leave alone what does not concern them.
 * @returns undefined when they are no longer in the stream, which keeps them for a day
 */
export async function recordsAt(
  { streams }: PositionDependencies,
  { DDBStreamBatchInfo: { streamArn, shardId, startSequenceNumber, endSequenceNumber } }: Position,
): Promise<readonly _Record[] | undefined> {
  const found: _Record[] = [];
  try {
    let { ShardIterator } = await streams.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: 'AT_SEQUENCE_NUMBER',
        SequenceNumber: startSequenceNumber,
      }),
    );
    for (let page = 0; page < PAGES && ShardIterator; page += 1) {
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator }),
      );
      found.push(...Records);
      const end = found.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === endSequenceNumber);
      if (end >= 0) return found.slice(0, end + 1);
      ShardIterator = NextShardIterator;
    }
    return undefined;
  } catch (error) {
    if (error instanceof TrimmedDataAccessException || error instanceof ResourceNotFoundException)
      return undefined;
    throw error;
  }
}

/** Has the consumer handle records once more, as its mapping would but marked as `redelivered`: up to the first one that it does not take. */
export async function handOver(
  deps: PositionDependencies,
  { requestContext: { functionArn }, DDBStreamBatchInfo: { streamArn } }: Position,
  records: readonly _Record[],
): Promise<HandedOver> {
  for (let start = 0; start < records.length; start += BATCH) {
    const batch = records.slice(start, start + BATCH);
    const { taken, error } = await take(deps, functionArn, streamArn, batch);
    if (taken < batch.length)
      return { taken: records.slice(0, start + taken), refused: records.slice(start + taken), error };
  }
  return { taken: records, refused: [] };
}

const answerSchema = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).default([]) })
  .nullable();

/** How many records of a batch the function took. */
async function take(
  { lambda }: PositionDependencies,
  FunctionName: string,
  streamArn: string,
  batch: readonly _Record[],
): Promise<{ taken: number; error?: unknown }> {
  try {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({
        FunctionName,
        Payload: JSON.stringify({
          Records: batch.map((record) => asInvoked(record, streamArn)),
          redelivered: true,
        }),
      }),
      { abortSignal: AbortSignal.timeout(TIME_LIMIT_MS) },
    );
    if (FunctionError) throw new TechnicalError('Unavailable', `It failed: ${FunctionError}`);
    const failures = answerSchema.parse(
      JSON.parse(Payload?.transformToString() || 'null'),
    )?.batchItemFailures;
    const failed = new Set(failures?.map(({ itemIdentifier }) => itemIdentifier));
    if (failed.size === 0) return { taken: batch.length };
    const first = batch.findIndex(({ dynamodb }) => failed.has(dynamodb?.SequenceNumber ?? ''));
    return { taken: Math.max(0, first), error: new TechnicalError('Unavailable', 'It took not all records') };
  } catch (error) {
    return { taken: 0, error };
  }
}

/** A record as Lambda hands it to a function; our tables hold no binary values, which would differ too. */
const asInvoked = ({ dynamodb, userIdentity, ...record }: _Record, eventSourceARN: string) => ({
  ...record,
  eventSourceARN,
  ...(userIdentity && {
    userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId },
  }),
  dynamodb: {
    ...dynamodb,
    ApproximateCreationDateTime: (dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0) / 1000,
  },
});
