import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  type BatchGetCommandInput,
  DynamoDBDocumentClient,
  GetCommand,
  type GetCommandInput,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { TABLES, type TableId } from '#shared/store/tables.ts';
import { Expressions, type Item, ValidationException } from './expressions.ts';

/** A write as the table's stream reports it. */
export interface StreamedWrite {
  readonly table: TableId;
  readonly image: Item;
}

type Write = Partial<Pick<PutCommandInput, 'Item'> & Pick<UpdateCommandInput, 'Key' | 'UpdateExpression'>> &
  Pick<
    PutCommandInput,
    'TableName' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >;

const PAGE = 2;

/** The few operations of DynamoDB that the product uses, in memory; queries answer in small pages. */
export class FakeDynamoDb {
  readonly documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-north-1' }));
  /** Every write that happened, in order. */
  readonly stream: StreamedWrite[] = [];
  /** Sizes of the transactions that were written. */
  readonly transactions: number[] = [];
  /** Runs before each operation: a place for others to come in between. */
  before: (operation: string) => Promise<void> = async () => {};
  /** Cancels the next transaction with these codes. */
  cancelNext: readonly string[] | undefined;
  readonly #tables = new Map<string, Map<string, Item>>();

  constructor() {
    for (const [table, { environment }] of Object.entries(TABLES)) {
      process.env[environment] = table;
      this.#tables.set(table, new Map());
    }
    const mock = mockClient(this.documents);
    mock.on(GetCommand).callsFake((input: GetCommandInput) => this.#answer('get', () => this.#get(input)));
    mock
      .on(BatchGetCommand)
      .callsFake((input: BatchGetCommandInput) => this.#answer('batch-get', () => this.#batchGet(input)));
    mock
      .on(QueryCommand)
      .callsFake((input: QueryCommandInput) => this.#answer('query', () => this.#query(input)));
    mock.on(PutCommand).callsFake((input: PutCommandInput) => this.#answer('put', () => this.#single(input)));
    mock
      .on(UpdateCommand)
      .callsFake((input: UpdateCommandInput) => this.#answer('update', () => this.#single(input)));
    mock
      .on(TransactWriteCommand)
      .callsFake((input: TransactWriteCommandInput) =>
        this.#answer('transaction', () => this.#transact(input)),
      );
  }

  /** Puts an item as it is, without a stream record. */
  seed(table: TableId, item: Item): void {
    this.#items(table).set(keyOf(table, item), clean(item));
  }

  /** The item of this key. */
  read(table: TableId, key: Item): Item | undefined {
    return this.#items(table).get(keyOf(table, key));
  }

  /** All items of a table. */
  all(table: TableId): Item[] {
    return [...this.#items(table).values()];
  }

  async #answer<T>(operation: string, run: () => T): Promise<T> {
    await this.before(operation);
    return run();
  }

  #items(table: string | undefined): Map<string, Item> {
    const items = this.#tables.get(table ?? '');
    if (!items) throw new ValidationException(`There is no table ${table}`);
    return items;
  }

  #get({ TableName, Key = {}, ProjectionExpression, ExpressionAttributeNames = {} }: GetCommandInput) {
    const item = this.#items(TableName).get(keyOf(TableName, Key));
    if (!item || !ProjectionExpression) return { Item: structuredClone(item) };
    const names = ProjectionExpression.split(', ').map((name) => ExpressionAttributeNames[name] ?? name);
    return {
      Item: structuredClone(
        Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name))),
      ),
    };
  }

  #batchGet({ RequestItems = {} }: BatchGetCommandInput) {
    const found = Object.entries(RequestItems).map(([TableName, { Keys = [] }]) => [
      TableName,
      Keys.flatMap((Key) => this.#get({ TableName, Key }).Item ?? []),
    ]);
    return { Responses: Object.fromEntries(found) };
  }

  #query(input: QueryCommandInput) {
    const { TableName, KeyConditionExpression, ExclusiveStartKey } = input;
    const expressions = parametersOf(input);
    const found = [...this.#items(TableName)]
      .filter(([, item]) => expressions.holds(KeyConditionExpression, item))
      .map(([key, item]) => ({ key, item: structuredClone(item) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const start = ExclusiveStartKey
      ? found.findIndex(({ key }) => key === keyOf(TableName, ExclusiveStartKey)) + 1
      : 0;
    const page = found.slice(start, start + PAGE);
    const last = found.length > start + PAGE ? page.at(-1)?.item : undefined;
    return {
      Items: page.map(({ item }) => item),
      ...(last && { LastEvaluatedKey: keyAttributes(TableName, last) }),
    };
  }

  #single(write: Write): object {
    const change = this.#prepare(write);
    if (!change.holds) throw new ConditionalCheckFailedException({ message: 'refused', $metadata: {} });
    change.commit();
    return {};
  }

  #transact({ TransactItems = [] }: TransactWriteCommandInput): object {
    if (TransactItems.length === 0 || TransactItems.length > 100)
      throw new ValidationException(`A transaction of ${TransactItems.length} writes`);
    const writes = TransactItems.map(({ Put, Update, Delete, ConditionCheck }) => {
      const write = Put ?? Update ?? Delete ?? ConditionCheck;
      if (!write) throw new ValidationException('An empty write');
      return write;
    });
    const changes = writes.map((write) => this.#prepare(write));
    if (new Set(changes.map(({ target }) => target)).size < changes.length)
      throw new ValidationException('A transaction may write an item only once');
    const codes = this.cancelNext ?? changes.map(({ holds }) => (holds ? 'None' : 'ConditionalCheckFailed'));
    this.cancelNext = undefined;
    if (codes.some((code) => code !== 'None'))
      throw new TransactionCanceledException({
        message: 'cancelled',
        CancellationReasons: codes.map((Code) => ({ Code })),
        $metadata: {},
      });
    for (const { commit } of changes) commit();
    this.transactions.push(changes.length);
    return {};
  }

  #prepare(write: Write) {
    const { TableName, Item, Key, UpdateExpression, ConditionExpression } = write;
    const key = keyOf(TableName, Item ?? Key ?? {});
    const items = this.#items(TableName);
    const before = items.get(key);
    const expressions = parametersOf(write);
    const holds = expressions.holds(ConditionExpression, before ?? {});
    const after = UpdateExpression
      ? expressions.updated(UpdateExpression, before ?? { ...Key })
      : Item && clean(Item);
    expressions.assertAllUsed();
    const commit = () => {
      if (!after) return;
      items.set(key, after);
      this.stream.push({ table: idOf(TableName), image: structuredClone(after) });
    };
    return { target: `${TableName} ${key}`, holds, commit };
  }
}

const parametersOf = (input: Pick<Write, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>) =>
  new Expressions({
    names: input.ExpressionAttributeNames ?? {},
    values: input.ExpressionAttributeValues ?? {},
  });

function idOf(table: string | undefined): TableId {
  const id = Object.keys(TABLES).find((name): name is TableId => name === table);
  if (!id) throw new ValidationException(`There is no table ${table}`);
  return id;
}

function keyAttributes(table: string | undefined, item: Item): Item {
  const definition: { partitionKey: string; sortKey?: string } = TABLES[idOf(table)];
  const names = [definition.partitionKey, ...(definition.sortKey ? [definition.sortKey] : [])];
  return Object.fromEntries(
    names.map((name) => {
      if (typeof item[name] !== 'string') throw new ValidationException(`The key has no ${name}`);
      return [name, item[name]];
    }),
  );
}

const keyOf = (table: string | undefined, item: Item): string =>
  Object.values(keyAttributes(table, item)).join('\u0000');

/** As the product's client does: what is undefined is left out. */
const clean = (item: Item): Item =>
  structuredClone(Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));
