import * as z from 'zod';
import type { Activity } from '../activity.ts';
import { AwsError } from '../aws.ts';
import type { Clock, Timer } from '../clock.ts';
import type { DynamoDb, Table } from './dynamodb.ts';

/** How often expired items are looked for; AWS promises within a few days. */
const everyMs = 24 * 3_600_000;

const scanAnswer = z.object({
  Items: z.array(z.record(z.string(), z.unknown())),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

const numberAttribute = z.object({ N: z.string() });

/** Deletes expired items of tables with a time to live, by the embedded clock. DynamoDB Local knows only its own. */
export class TimeToLive {
  readonly #dynamoDb: DynamoDb;
  readonly #clock: Clock;
  readonly #activity: Activity;
  /** When each table is looked at next. */
  readonly #next = new Map<string, { readonly at: number; readonly timer: Timer }>();

  constructor(dynamoDb: DynamoDb, clock: Clock, activity: Activity) {
    this.#dynamoDb = dynamoDb;
    this.#clock = clock;
    this.#activity = activity;
    dynamoDb.onWrite((table) => this.watch(table));
  }

  /** Looks for expired items of a table within a day, and again for as long as it has any that will expire. */
  watch(table: Table, from = this.#clock.now()): void {
    const { name, timeToLive } = table;
    if (timeToLive === undefined) return;
    const at = from + everyMs;
    const next = this.#next.get(name);
    if (next && next.at <= at) return;
    next?.timer.cancel();
    const timer = this.#clock.schedule(at, () => {
      this.#next.delete(name);
      void this.#activity.during(() => this.#sweep(table, timeToLive));
    });
    this.#next.set(name, { at, timer });
  }

  async #sweep(table: Table, attribute: string): Promise<void> {
    const now = Math.floor(this.#clock.now() / 1000);
    const names = { ExpressionAttributeNames: { '#ttl': attribute } };
    let earliest = Number.POSITIVE_INFINITY;
    let start: Record<string, unknown> | undefined;
    do {
      const page = scanAnswer.parse(
        await this.#dynamoDb.forward('Scan', {
          TableName: table.name,
          FilterExpression: 'attribute_type(#ttl, :number)',
          ExpressionAttributeValues: { ':number': { S: 'N' } },
          ...names,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const item of page.Items) {
        const expiry = Number(numberAttribute.parse(item[attribute]).N);
        const Key = Object.fromEntries(table.keyNames.map((name) => [name, item[name]]));
        if (expiry > now) earliest = Math.min(earliest, expiry);
        else
          await this.#expire(table, Key, {
            ...names,
            ExpressionAttributeValues: { ':now': { N: String(now) } },
          });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    if (Number.isFinite(earliest)) this.watch(table, Math.max(this.#clock.now(), earliest * 1000 - everyMs));
  }

  /** Deletes one item, unless it was given more time meanwhile. */
  async #expire(table: Table, Key: object, names: object): Promise<void> {
    try {
      await this.#dynamoDb.expire(table, {
        TableName: table.name,
        Key,
        ConditionExpression: '#ttl <= :now',
        ...names,
      });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
    }
  }
}
