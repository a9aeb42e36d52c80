import * as z from 'zod';
import type { Activity } from '../activity.ts';
import { AwsError } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { DynamoDb, Table } from '../dynamodb/dynamodb.ts';
import type { Turns } from '../turns.ts';

const recordSchema = z.looseObject({
  eventName: z.string(),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    SizeBytes: z.number().default(0),
    Keys: z.record(z.string(), z.unknown()),
  }),
});
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

/** A record of a stream as a function gets it. */
export interface ReadRecord {
  readonly identifier: string;
  readonly record: z.output<typeof recordSchema>;
  readonly readAt: number;
  readonly trace: string | undefined;
}

/** Who is told of what is new in a stream. */
export interface StreamSubscriber {
  /** Sequence number of the last record of a shard that needs not be told again, if any. */
  doneWith(shard: string): string | undefined;
  /** Takes records in their order; some may have come before. */
  receive(shard: string, records: readonly ReadRecord[]): void;
}

interface Place {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly turns: Turns;
}

/** Reading position in one shard. */
interface Shard {
  readonly id: string;
  iterator: string | undefined;
  /** Sequence number of the last record that was read. */
  lastRead: string | undefined;
  closed: boolean;
}

/** How many records are asked for at once: as many as there may be. */
const mostRecords = 1000;
/** An answer of so many bytes may be cut short; the limit is 1 MB. */
const fullAnswerBytes = 500_000;

/**
 * Lambda looks into a stream four times a second: what is written meanwhile comes together. Here it looks when all else
 * that can be done has been done, or after so long.
 */
const longestPauseMs = 250;

/** Whether a record comes after the one with the given sequence number. */
export const isAfter = (sequenceNumber: string, other: string | undefined): boolean =>
  other === undefined || BigInt(sequenceNumber) > BigInt(other);

/** Reads the stream of a table, once for all who want its records. Woken by every write to the table. */
export class StreamReader {
  readonly #table: Table;
  readonly #dynamoDb: DynamoDb;
  readonly #place: Place;
  readonly #subscribers: StreamSubscriber[] = [];
  readonly #shards = new Map<string, Shard>();
  #reading = false;
  #again = false;

  constructor(table: Table, dynamoDb: DynamoDb, place: Place) {
    this.#table = table;
    this.#dynamoDb = dynamoDb;
    this.#place = place;
  }

  /** Tells somebody more; only before the first record is read. */
  subscribe(subscriber: StreamSubscriber): void {
    this.#subscribers.push(subscriber);
  }

  /** Reads what is new, and hands it on. */
  wake(): void {
    this.#again = true;
    if (this.#reading) return;
    this.#reading = true;
    void this.#place.activity.during(async () => {
      try {
        while (this.#again) {
          await this.#letOthersGoFirst();
          this.#again = false;
          for (const shard of await this.#openShards()) while (await this.#read(shard));
        }
      } finally {
        this.#reading = false;
      }
    });
  }

  async #letOthersGoFirst(): Promise<void> {
    const { activity, turns } = this.#place;
    // Functions' names begin with a letter: what is written is read before the next one begins.
    if (turns.areTaken) await turns.take(`(${this.#table.name})`);
    else await activity.others(longestPauseMs);
  }

  /** Asks for shards when there are none left to read. */
  async #openShards(): Promise<Shard[]> {
    if ([...this.#shards.values()].every(({ closed }) => closed)) {
      const answer = await this.#dynamoDb.callStreams('DescribeStream', { StreamArn: this.#table.streamArn });
      for (const { ShardId } of describeAnswer.parse(answer).StreamDescription.Shards)
        if (!this.#shards.has(ShardId))
          this.#shards.set(ShardId, {
            id: ShardId,
            iterator: undefined,
            lastRead: this.#leastDone(ShardId),
            closed: false,
          });
    }
    return [...this.#shards.values()].filter(({ closed }) => !closed);
  }

  /** How far all subscribers have come. */
  #leastDone(shard: string): string | undefined {
    const done = this.#subscribers.map((subscriber) => subscriber.doneWith(shard));
    if (done.includes(undefined)) return undefined;
    return done.reduce((least, one) => (one !== undefined && isAfter(one, least) ? least : one));
  }

  /** Reads once; whether there may be more. */
  async #read(shard: Shard): Promise<boolean> {
    const answer = await this.#records(shard);
    shard.iterator = answer.NextShardIterator ?? undefined;
    shard.closed = shard.iterator === undefined;
    if (shard.closed) this.#again = true;
    const records = answer.Records.filter(({ dynamodb }) => isAfter(dynamodb.SequenceNumber, shard.lastRead));
    const last = records.at(-1);
    if (last) {
      shard.lastRead = last.dynamodb.SequenceNumber;
      const read = records.map((record) => this.#asRead(record));
      for (const subscriber of this.#subscribers) subscriber.receive(shard.id, read);
    }
    const bytes = answer.Records.reduce((sum, { dynamodb }) => sum + dynamodb.SizeBytes, 0);
    return !shard.closed && (answer.Records.length === mostRecords || bytes >= fullAnswerBytes);
  }

  async #records(shard: Shard): Promise<z.output<typeof recordsAnswer>> {
    const get = async (ShardIterator: string) =>
      recordsAnswer.parse(
        await this.#dynamoDb.callStreams('GetRecords', { ShardIterator, Limit: mostRecords }),
      );
    try {
      return await get(shard.iterator ?? (await this.#iteratorOf(shard)));
    } catch (error) {
      // Iterators end after some minutes, and DynamoDB Local loses its place at times: then from the beginning,
      // without what was read before.
      if (!(error instanceof AwsError) || !/ExpiredIterator|TrimmedDataAccess/.test(error.code)) throw error;
      return get(await this.#iteratorOf(shard, 'TRIM_HORIZON'));
    }
  }

  #asRead(record: z.output<typeof recordSchema>): ReadRecord {
    const { clock } = this.#place;
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
        eventSourceARN: this.#table.streamArn,
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
}
