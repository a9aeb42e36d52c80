import * as z from 'zod';
import { AwsError } from '../aws.ts';
import type { Shelf } from '../data/shelf.ts';
import type { DynamoDb, Table } from '../dynamodb/dynamodb.ts';
import { deliveryTo } from '../events/destinations.ts';
import { compileFilter, type RecordFilter } from '../events/event-bus.ts';
import { placeOfRecord } from '../faults/fault-place.ts';
import { inTrace } from '../trace.ts';
import { type MappingOptions, runBatch } from './mapping.ts';

/** How far each mapping has come: the last sequence number that it is done with, by {@link checkpointKey}. */
export type Checkpoints = Pick<Shelf<string>, 'get' | 'set'>;

const checkpointKey = (mapping: string, shard: string) => `${mapping}|${shard}`;

const recordSchema = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    Keys: z.record(z.string(), z.unknown()),
    ApproximateCreationDateTime: z.number(),
  }),
});
type StreamRecord = z.output<typeof recordSchema>;
const recordsAnswer = z.object({
  Records: z.array(recordSchema),
  NextShardIterator: z.string().nullish(),
});
const describeAnswer = z.object({
  StreamDescription: z.object({
    Shards: z.array(z.object({ ShardId: z.string() })),
  }),
});
const iteratorAnswer = z.object({ ShardIterator: z.string() });

/** A record on its way to the function. */
interface Pending {
  readonly identifier: string;
  readonly record: StreamRecord;
  readonly readAt: number;
  readonly trace: string | undefined;
}

/** Reading position in one shard, and what was read but not yet handled. */
interface Shard {
  readonly id: string;
  readonly pending: Pending[];
  iterator: string | undefined;
  /** Sequence number of the last record that was read. */
  lastRead: string | undefined;
  closed: boolean;
  delivering: boolean;
  /** When the batching window of the records that wait began. */
  windowFrom: number | undefined;
  /** Ends the activity that delivering is, while it waits for a retry. */
  rest: () => void;
}

const longestRetryDelayMs = 60_000;
/** How long records stay in a stream. */
const retentionMs = 24 * 3_600_000;

/** Delivers the changes of a table to a function, in order. Woken by every write to the table. */
export class StreamMapping {
  readonly #options: MappingOptions;
  readonly #table: Table;
  readonly #dynamoDb: DynamoDb;
  readonly #checkpoints: Checkpoints;
  readonly #filter: RecordFilter;
  readonly #shards = new Map<string, Shard>();
  #reading = false;
  #again = false;

  constructor(options: MappingOptions, table: Table, dynamoDb: DynamoDb, checkpoints: Checkpoints) {
    this.#options = options;
    this.#table = table;
    this.#dynamoDb = dynamoDb;
    this.#checkpoints = checkpoints;
    const patterns = options.definition.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
    this.#filter = compileFilter(patterns, 'dynamodb');
  }

  /** Reads what is new, and delivers it. */
  wake(): void {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    void this.#options.activity.during(async () => {
      try {
        while (this.#again) {
          this.#again = false;
          for (const shard of await this.#openShards()) {
            while (await this.#read(shard));
            this.#startDelivery(shard);
          }
        }
      } finally {
        this.#reading = false;
      }
    });
  }

  /** Asks for shards when there are none left to read. */
  async #openShards(): Promise<Shard[]> {
    if ([...this.#shards.values()].every(({ closed }) => closed)) {
      const answer = await this.#dynamoDb.callStreams('DescribeStream', { StreamArn: this.#table.streamArn });
      for (const { ShardId } of describeAnswer.parse(answer).StreamDescription.Shards)
        if (!this.#shards.has(ShardId))
          this.#shards.set(ShardId, {
            id: ShardId,
            pending: [],
            iterator: undefined,
            lastRead: this.#checkpoints.get(checkpointKey(this.#options.id, ShardId)),
            closed: false,
            delivering: false,
            windowFrom: undefined,
            rest: () => {},
          });
    }
    return [...this.#shards.values()].filter(({ closed }) => !closed);
  }

  #startDelivery(shard: Shard): void {
    if (shard.delivering || shard.pending.length === 0) return;
    shard.delivering = true;
    shard.rest = this.#options.activity.begin();
    void this.#deliverAll(shard).finally(() => {
      shard.delivering = false;
      shard.rest();
    });
  }

  async #deliverAll(shard: Shard): Promise<void> {
    const { definition, clock } = this.#options;
    const size = definition.BatchSize ?? 100;
    const window = definition.MaximumBatchingWindowInSeconds * 1000;
    while (shard.pending.length > 0) {
      if (window > 0 && shard.pending.length < size) {
        const isNew = shard.windowFrom === undefined;
        shard.windowFrom ??= clock.now();
        const windowEnd = shard.windowFrom + window;
        if (isNew) clock.schedule(windowEnd, () => this.#startDelivery(shard));
        if (clock.now() < windowEnd) return;
      }
      shard.windowFrom = undefined;
      const batch = shard.pending.slice(0, size);
      await this.#deliver(shard, batch);
      shard.pending.splice(0, batch.length);
    }
  }

  /** Reads once; whether there may be more. */
  async #read(shard: Shard): Promise<boolean> {
    const answer = await this.#records(shard);
    shard.iterator = answer.NextShardIterator ?? undefined;
    shard.closed = shard.iterator === undefined;
    if (shard.closed) this.#again = true;
    for (const record of answer.Records) {
      const { SequenceNumber } = record.dynamodb;
      if (shard.lastRead !== undefined && BigInt(SequenceNumber) <= BigInt(shard.lastRead)) continue;
      shard.lastRead = SequenceNumber;
      const pending = this.#pending(record);
      if (this.#filter(pending.record)) shard.pending.push(pending);
      else if (shard.pending.length === 0) this.#done(shard, pending);
    }
    return !shard.closed && answer.Records.length > 0;
  }

  async #records(shard: Shard): Promise<z.output<typeof recordsAnswer>> {
    const get = async (ShardIterator: string) =>
      recordsAnswer.parse(await this.#dynamoDb.callStreams('GetRecords', { ShardIterator, Limit: 1000 }));
    try {
      return await get(shard.iterator ?? (await this.#iteratorOf(shard)));
    } catch (error) {
      // Iterators end after some minutes, and DynamoDB Local loses its place at times: then from the beginning,
      // without what was read before.
      if (!(error instanceof AwsError) || !/ExpiredIterator|TrimmedDataAccess/.test(error.code)) throw error;
      return get(await this.#iteratorOf(shard, 'TRIM_HORIZON'));
    }
  }

  #pending(record: StreamRecord): Pending {
    const { clock, region } = this.#options;
    const { SequenceNumber, Keys } = record.dynamodb;
    return {
      identifier: SequenceNumber,
      readAt: clock.now(),
      trace: this.#dynamoDb.traceOf(this.#table.name, Keys),
      record: {
        ...record,
        ...(record.eventName === 'REMOVE' && this.#dynamoDb.wasExpired(this.#table.name, Keys)
          ? { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }
          : {}),
        awsRegion: region,
        eventSourceARN: this.#table.streamArn,
        dynamodb: { ...record.dynamodb, ApproximateCreationDateTime: Math.floor(clock.now() / 1000) },
      },
    };
  }

  async #iteratorOf(shard: Shard, from: 'TRIM_HORIZON' | 'LAST_READ' = 'LAST_READ'): Promise<string> {
    const position =
      from === 'TRIM_HORIZON' || shard.lastRead === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: shard.lastRead };
    const answer = await this.#dynamoDb.callStreams('GetShardIterator', {
      StreamArn: this.#table.streamArn,
      ShardId: shard.id,
      ...position,
    });
    return iteratorAnswer.parse(answer).ShardIterator;
  }

  /** Brings a batch to its end: handled, or given up and reported. */
  async #deliver(shard: Shard, batch: readonly Pending[]): Promise<void> {
    const { definition } = this.#options;
    let rest = batch;
    let attempts = 0;
    let isRepeated = false;
    while (rest.length > 0) {
      const [fresh, expired] = this.#byAge(rest);
      if (expired.length > 0) await this.#giveUp(shard, expired, 'RecordAgeExceeded', attempts);
      if (fresh.length === 0) return;
      rest = fresh;
      const { failed } = await inTrace(rest[0]?.trace, () => runBatch(this.#options, rest));
      // As after a reader that ended before it had written down how far it was.
      if (failed !== 'all' && failed.size === 0 && !isRepeated && this.#strikesTwice(rest)) {
        isRepeated = true;
        continue;
      }
      const firstFailed = failed === 'all' ? 0 : rest.findIndex(({ identifier }) => failed.has(identifier));
      const handled = firstFailed < 0 ? rest : rest.slice(0, firstFailed);
      const last = handled.at(-1);
      if (last) this.#done(shard, last);
      if (firstFailed < 0) return;
      rest = rest.slice(firstFailed);
      if (definition.BisectBatchOnFunctionError && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2);
        await this.#deliver(shard, rest.slice(0, middle));
        await this.#deliver(shard, rest.slice(middle));
        return;
      }
      attempts++;
      const limit = definition.MaximumRetryAttempts;
      if (limit >= 0 && attempts > limit)
        return this.#giveUp(shard, rest, 'RetryAttemptsExhausted', attempts);
      await this.#pause(shard, attempts);
    }
  }

  #strikesTwice(batch: readonly Pending[]): boolean {
    const { faults } = this.#options;
    const places = faults.isActive ? batch.map(({ record }) => placeOfRecord(record)) : [];
    return faults.strikes('duplicate', { resource: this.#table.name, places });
  }

  #byAge(batch: readonly Pending[]): [fresh: Pending[], expired: Pending[]] {
    const { definition, clock } = this.#options;
    const limit = definition.MaximumRecordAgeInSeconds;
    const oldest = clock.now() - (limit < 0 ? retentionMs : limit * 1000);
    return [batch.filter(({ readAt }) => readAt >= oldest), batch.filter(({ readAt }) => readAt < oldest)];
  }

  async #giveUp(shard: Shard, batch: readonly Pending[], condition: string, attempts: number): Promise<void> {
    const { definition, target, backend, clock } = this.#options;
    const destination = definition.DestinationConfig?.OnFailure?.Destination;
    const [first] = batch;
    const last = batch.at(-1);
    if (!first || !last) return;
    if (destination !== undefined) {
      const time = (at: number) => new Date(at).toISOString();
      const report = {
        requestContext: {
          requestId: last.identifier,
          functionArn: target.code.arn,
          condition,
          approximateInvokeCount: attempts,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: time(clock.now()),
        DDBStreamBatchInfo: {
          shardId: shard.id,
          startSequenceNumber: first.identifier,
          endSequenceNumber: last.identifier,
          approximateArrivalOfFirstRecord: time(first.readAt),
          approximateArrivalOfLastRecord: time(last.readAt),
          batchSize: batch.length,
          streamArn: this.#table.streamArn,
        },
      };
      await inTrace(first.trace, () =>
        backend.call({ principal: target.roleArn, ...deliveryTo(destination, report) }),
      );
    }
    this.#done(shard, last);
  }

  #done(shard: Shard, { identifier }: Pending): void {
    this.#checkpoints.set(checkpointKey(this.#options.id, shard.id), identifier);
  }

  /** Waits for the next attempt; waiting for time is no activity. */
  async #pause(shard: Shard, attempts: number): Promise<void> {
    const { clock, activity } = this.#options;
    const delayMs = Math.min(longestRetryDelayMs, 1000 * 2 ** (attempts - 1));
    await new Promise<void>((resolve) => {
      clock.schedule(clock.now() + delayMs, () => {
        shard.rest = activity.begin();
        resolve();
      });
      shard.rest();
    });
  }
}
