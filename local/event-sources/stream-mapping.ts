import type { Shelf } from '../data/shelf.ts';
import type { Table } from '../dynamodb/dynamodb.ts';
import { STREAM_RETENTION_MS } from '../dynamodb/record-times.ts';
import { deliveryTo } from '../events/destinations.ts';
import { compileFilter, type RecordFilter } from '../events/event-bus.ts';
import { placeOfRecord } from '../faults/fault-place.ts';
import { inTrace } from '../trace.ts';
import { type MappingOptions, runBatch } from './mapping.ts';
import { isAfter, type ReadRecord, type StreamSubscriber } from './stream-reader.ts';

/** How far each mapping has come: the last sequence number that it is done with, by {@link checkpointKey}. */
export type Checkpoints = Pick<Shelf<string>, 'get' | 'set'>;

const checkpointKey = (mapping: string, shard: string) => `${mapping}|${shard}`;

/** What was read of one shard but not yet handled. */
interface Shard {
  readonly id: string;
  readonly pending: ReadRecord[];
  /** Sequence number of the last record that was taken. */
  lastTaken: string | undefined;
  delivering: boolean;
  /** When the batching window of the records that wait began. */
  windowFrom: number | undefined;
  /** Ends the activity that delivering is, while it waits for a retry. */
  rest: () => void;
}

const longestRetryDelayMs = 60_000;

/** Delivers the changes of a table to a function, in order. */
export class StreamMapping implements StreamSubscriber {
  readonly #options: MappingOptions;
  readonly #table: Table;
  readonly #checkpoints: Checkpoints;
  readonly #filter: RecordFilter;
  readonly #shards = new Map<string, Shard>();

  constructor(options: MappingOptions, table: Table, checkpoints: Checkpoints) {
    this.#options = options;
    this.#table = table;
    this.#checkpoints = checkpoints;
    const patterns = options.definition.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
    this.#filter = compileFilter(patterns, 'dynamodb');
  }

  doneWith(shard: string): string | undefined {
    return this.#checkpoints.get(checkpointKey(this.#options.id, shard));
  }

  receive(id: string, records: readonly ReadRecord[]): void {
    const shard = this.#shardOf(id);
    for (const read of records) {
      if (!isAfter(read.identifier, shard.lastTaken)) continue;
      shard.lastTaken = read.identifier;
      if (this.#filter(read.record)) shard.pending.push(read);
      else if (shard.pending.length === 0) this.#done(shard, read);
    }
    this.#startDelivery(shard);
  }

  #shardOf(id: string): Shard {
    const known = this.#shards.get(id);
    if (known) return known;
    const shard: Shard = {
      id,
      pending: [],
      lastTaken: this.doneWith(id),
      delivering: false,
      windowFrom: undefined,
      rest: () => {},
    };
    this.#shards.set(id, shard);
    return shard;
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

  /** Brings a batch to its end: handled, or given up and reported. */
  async #deliver(shard: Shard, batch: readonly ReadRecord[]): Promise<void> {
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

  #strikesTwice(batch: readonly ReadRecord[]): boolean {
    const { faults } = this.#options;
    const places = faults.isActive ? batch.map(({ record }) => placeOfRecord(record)) : [];
    return faults.strikes('duplicate', { resource: this.#table.name, places });
  }

  #byAge(batch: readonly ReadRecord[]): [fresh: ReadRecord[], expired: ReadRecord[]] {
    const { definition, clock } = this.#options;
    const limit = definition.MaximumRecordAgeInSeconds;
    const oldest = clock.now() - (limit < 0 ? STREAM_RETENTION_MS : limit * 1000);
    return [batch.filter(({ readAt }) => readAt >= oldest), batch.filter(({ readAt }) => readAt < oldest)];
  }

  async #giveUp(
    shard: Shard,
    batch: readonly ReadRecord[],
    condition: string,
    attempts: number,
  ): Promise<void> {
    const { definition, target, backend, clock } = this.#options;
    const destination = definition.DestinationConfig?.OnFailure?.Destination;
    const [first] = batch;
    const last = batch.at(-1);
    if (!first || !last) return;
    if (destination !== undefined) {
      const arrival = ({ readAt }: ReadRecord) => `${new Date(readAt).toISOString().slice(0, 19)}Z`;
      const report = {
        requestContext: {
          requestId: last.identifier,
          functionArn: target.code.arn,
          condition,
          approximateInvokeCount: attempts,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: new Date(clock.now()).toISOString(),
        DDBStreamBatchInfo: {
          shardId: shard.id,
          startSequenceNumber: first.identifier,
          endSequenceNumber: last.identifier,
          approximateArrivalOfFirstRecord: arrival(first),
          approximateArrivalOfLastRecord: arrival(last),
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

  #done(shard: Shard, { identifier }: ReadRecord): void {
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
