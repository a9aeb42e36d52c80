import { BatchGetCommand, type BatchGetCommandInput } from '@aws-sdk/lib-dynamodb';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import type { TableId } from './tables.ts';

type Item = Readonly<Record<string, unknown>>;

/** An item of a table, by its key. */
export interface Wanted {
  readonly table: TableId;
  readonly key: Readonly<Record<string, string>>;
}

/** How often DynamoDB is asked for what it left out of an answer. */
const ATTEMPTS = 3;

/**
 * Reads some items in one call, each consistently (BatchGetItem: at most 100 of them, 16 MB).
 * @returns the items in the order in which they were asked for; undefined for those that are not there
 * @throws TechnicalError `Throttled` when DynamoDB leaves some out again and again
 */
export async function readTogether(
  { documents }: Pick<Dependencies, 'documents'>,
  wanted: readonly Wanted[],
): Promise<readonly (Item | undefined)[]> {
  const found: { readonly table: string; readonly item: Item }[] = [];
  let left = requestFor(wanted);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { Responses = {}, UnprocessedKeys = {} } = await documents.send(
      new BatchGetCommand({ RequestItems: left }),
    );
    for (const [table, items] of Object.entries(Responses))
      found.push(...items.map((item) => ({ table, item })));
    if (Object.keys(UnprocessedKeys).length === 0)
      return wanted.map(
        ({ table, key }) => found.find((one) => one.table === tableName(table) && isAt(one.item, key))?.item,
      );
    left = UnprocessedKeys;
  }
  throw new TechnicalError('Throttled', 'DynamoDB did not answer all that it was asked for');
}

const requestFor = (wanted: readonly Wanted[]): NonNullable<BatchGetCommandInput['RequestItems']> =>
  Object.fromEntries(
    [...Map.groupBy(wanted, ({ table }) => table)].map(([table, items]) => [
      tableName(table),
      { Keys: items.map(({ key }) => key), ConsistentRead: true },
    ]),
  );

const isAt = (item: Item, key: Wanted['key']): boolean =>
  Object.entries(key).every(([name, value]) => item[name] === value);
