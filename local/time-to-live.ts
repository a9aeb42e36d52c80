import * as z from 'zod';
import type { Activity } from './activity.ts';
import { AwsError } from './aws.ts';
import type { Clock } from './clock.ts';
import type { DynamoDb, Table } from './dynamodb.ts';

/** How often expired items are looked for; AWS promises within a few days. */
const everyMs = 24 * 3_600_000;

const scanAnswer = z.object({
  Items: z.array(z.record(z.string(), z.unknown())),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

/** Deletes expired items of tables with a time to live, by the embedded clock. DynamoDB Local knows only its own. */
export class TimeToLive {
  readonly #dynamoDb: DynamoDb;
  readonly #clock: Clock;
  readonly #activity: Activity;
  /** Tables that are being watched: those written to since they were last found empty. */
  readonly #watched = new Set<string>();

  constructor(dynamoDb: DynamoDb, clock: Clock, activity: Activity) {
    this.#dynamoDb = dynamoDb;
    this.#clock = clock;
    this.#activity = activity;
    dynamoDb.onWrite((table) => this.watch(table));
  }

  /** Looks for expired items of a table from now on, once a day, for as long as it has any with a time to live. */
  watch(table: Table): void {
    if (table.timeToLive === undefined || this.#watched.has(table.name)) return;
    this.#watched.add(table.name);
    this.#clock.schedule(this.#clock.now() + everyMs, () => {
      this.#watched.delete(table.name);
      void this.#activity.during(() => this.#sweep(table, table.timeToLive ?? ''));
    });
  }

  async #sweep(table: Table, attribute: string): Promise<void> {
    const now = Math.floor(this.#clock.now() / 1000);
    const condition = {
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':now': { N: String(now) } },
    };
    let isAnyLeft = false;
    let start: Record<string, unknown> | undefined;
    do {
      const page = scanAnswer.parse(
        await this.#dynamoDb.forward('Scan', {
          TableName: table.name,
          FilterExpression: 'attribute_exists(#ttl)',
          ExpressionAttributeNames: condition.ExpressionAttributeNames,
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      for (const item of page.Items) {
        const Key = Object.fromEntries(table.keyNames.map((name) => [name, item[name]]));
        isAnyLeft = !(await this.#expire(table, Key, condition)) || isAnyLeft;
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    if (isAnyLeft) this.watch(table);
  }

  /** Deletes one item when its time has come; whether it had. */
  async #expire(table: Table, Key: object, condition: object): Promise<boolean> {
    try {
      await this.#dynamoDb.expire(table, {
        TableName: table.name,
        Key,
        ConditionExpression: '#ttl <= :now',
        ...condition,
      });
      return true;
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
      throw error;
    }
  }
}
