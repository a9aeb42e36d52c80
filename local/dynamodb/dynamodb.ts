import * as z from 'zod';
import { AwsError } from '../aws.ts';
import type { Meter } from '../billing/meter.ts';
import type { AssemblyResource } from '../cloudformation/assembly.ts';
import { streamArnOf } from '../cloudformation/resource-kinds.ts';
import { propertiesOf, tableSchema } from '../cloudformation/resource-schemas.ts';
import { TraceMemory } from '../trace.ts';
import type { Database } from './database.ts';
import { RecordTimes } from './record-times.ts';
import { asOnAws } from './stream-record.ts';

type Input = Readonly<Record<string, unknown>>;

/** A table of the assembly. */
export interface Table {
  readonly name: string;
  readonly arn: string;
  /** ARN of its stream, when it has one. */
  readonly streamArn?: string;
  readonly keyNames: readonly string[];
  /** Attribute that holds the time after which an item may be deleted. */
  readonly timeToLive?: string;
  readonly definition: z.output<typeof tableSchema>;
}

const capacity = z.object({ TableName: z.string().optional(), CapacityUnits: z.number().default(0) });
const answerSchema = z.looseObject({
  ConsumedCapacity: z.union([capacity.transform((one) => [one]), z.array(capacity)]).optional(),
});
const errorSchema = z.looseObject({
  __type: z.string(),
  message: z.string().optional(),
  Message: z.string().optional(),
});
const listedTables = z.object({ TableNames: z.array(z.string()) });
const describedTable = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });
const writtenItem = z.looseObject({
  TableName: z.string(),
  Key: z.record(z.string(), z.unknown()).optional(),
  Item: z.record(z.string(), z.unknown()).optional(),
});
const transactItems = z.array(z.record(z.string(), writtenItem));
const batchItems = z.record(
  z.string(),
  z.array(
    z.object({
      PutRequest: z.object({ Item: z.record(z.string(), z.unknown()) }).optional(),
      DeleteRequest: z.object({ Key: z.record(z.string(), z.unknown()) }).optional(),
    }),
  ),
);

const writeActions = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);
const readActions = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const streamActions = new Set(['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']);
const localArn = 'arn:aws:dynamodb:ddblocal:000000000000:';

/** DynamoDB and DynamoDB Streams, answered by DynamoDB Local and made to look like the deployed tables. */
export class DynamoDb {
  readonly tables: ReadonlyMap<string, Table>;
  readonly #database: Pick<Database, 'send'>;
  readonly #meter: Meter;
  readonly #arnPrefix: string;
  readonly #region: string;
  readonly #recordTimes: RecordTimes;
  readonly #traces = new TraceMemory();
  /** Items that were deleted by their time to live and whose stream record has not been read yet. */
  readonly #expired = new Set<string>();
  /** DynamoDB Local's ARN of each stream, by ours. */
  readonly #localStreams = new Map<string, string>();
  readonly #listeners: ((table: Table) => void)[] = [];

  constructor(
    database: Pick<Database, 'send'>,
    tables: readonly Table[],
    options: { meter: Meter; region: string; account: string; now: () => number },
  ) {
    this.#database = database;
    this.tables = new Map(tables.map((table) => [table.name, table]));
    this.#meter = options.meter;
    this.#region = options.region;
    this.#recordTimes = new RecordTimes(options.now);
    this.#arnPrefix = `arn:aws:dynamodb:${options.region}:${options.account}:`;
  }

  /** Creates the tables that do not exist yet. */
  async createTables(): Promise<void> {
    const { TableNames } = listedTables.parse(await this.#send('DynamoDB_20120810.ListTables', {}));
    const missing = [...this.tables.values()].filter(({ name }) => !TableNames.includes(name));
    await Promise.all(
      missing.map((table) => this.#send('DynamoDB_20120810.CreateTable', createTableInput(table))),
    );
    await Promise.all(
      [...this.tables.values()].map(async ({ name, streamArn }) => {
        if (streamArn === undefined) return;
        const described = await this.#send('DynamoDB_20120810.DescribeTable', { TableName: name });
        this.#localStreams.set(streamArn, describedTable.parse(described).Table.LatestStreamArn);
      }),
    );
  }

  /** Calls `listener` after every write that succeeded. */
  onWrite(listener: (table: Table) => void): void {
    this.#listeners.push(listener);
  }

  /** The trace in whose course the item with these keys was last written. */
  traceOf(table: string, keys: Input): string | undefined {
    return this.#traces.recall(this.#itemKey(table, keys));
  }

  async call(action: string, input: Input): Promise<Record<string, unknown>> {
    if (streamActions.has(action)) {
      this.#refuseTrimmed(input);
      return this.callStreams(action, input);
    }
    if (action === 'DescribeTimeToLive') return this.#describeTimeToLive(input);
    const isWrite = writeActions.has(action);
    if (!isWrite && !readActions.has(action)) return this.#forward(`DynamoDB_20120810.${action}`, input);
    const written = isWrite ? this.#written(action, input) : [];
    for (const { table, keys } of written) this.#traces.remember(this.#itemKey(table, keys));
    const asked = input.ReturnConsumedCapacity;
    let answer: z.output<typeof answerSchema>;
    try {
      answer = answerSchema.parse(
        await this.#forward(`DynamoDB_20120810.${action}`, { ...input, ReturnConsumedCapacity: 'INDEXES' }),
      );
    } catch (error) {
      // A write whose condition fails is billed all the same; its size is not told, so the least is counted.
      if (error instanceof AwsError && /ConditionalCheckFailed|TransactionCanceled/.test(error.code))
        for (const { table } of written)
          this.#count(action, table, action === 'TransactWriteItems' ? 2 : 1, true);
      throw error;
    }
    for (const { TableName = '', CapacityUnits } of answer.ConsumedCapacity ?? [])
      this.#count(action, TableName, CapacityUnits, isWrite);
    for (const name of new Set(written.map(({ table }) => table))) {
      const table = this.tables.get(name);
      if (table) this.#notify(table);
    }
    const { ConsumedCapacity, ...rest } = answer;
    return asked === undefined || asked === 'NONE' ? rest : { ...rest, ConsumedCapacity };
  }

  /** Calls DynamoDB Local on the embedded cloud's own behalf: nothing is counted. */
  async forward(action: string, input: Input): Promise<Record<string, unknown>> {
    return this.#forward(`DynamoDB_20120810.${action}`, input);
  }

  /** Deletes an item as its time to live does: not counted, and marked so in the stream. */
  async expire(table: Table, request: Input): Promise<void> {
    await this.forward('DeleteItem', request);
    this.#expired.add(this.#itemKey(table.name, z.record(z.string(), z.unknown()).parse(request.Key)));
    this.#notify(table);
  }

  /** Whether the removal of the item with these keys was its time to live's; answers that only once. */
  wasExpired(table: string, keys: Input): boolean {
    return this.#expired.delete(this.#itemKey(table, keys));
  }

  /** The Streams API, with our ARNs in and out. */
  async callStreams(action: string, input: Input): Promise<Record<string, unknown>> {
    let text = JSON.stringify(input);
    for (const [ours, local] of this.#localStreams) text = text.replaceAll(ours, local);
    const answer = await this.#forward(`DynamoDBStreams_20120810.${action}`, JSON.parse(text));
    if (action !== 'GetRecords') return answer;
    const [stream = ''] = String(input.ShardIterator).split('|');
    const writtenAt = (sequenceNumber: string) => this.#recordTimes.of(stream, sequenceNumber);
    return asOnAws(answer, { region: this.#region, writtenAt });
  }

  /** @throws AwsError TrimmedDataAccessException: DynamoDB Local would keep records for a day of real time */
  #refuseTrimmed({ StreamArn, SequenceNumber }: Input): void {
    if (typeof StreamArn !== 'string' || typeof SequenceNumber !== 'string') return;
    if (/^\d+$/.test(SequenceNumber) && this.#recordTimes.isTrimmed(StreamArn, SequenceNumber))
      throw new AwsError('TrimmedDataAccessException', 'The record is older than the oldest of the shard');
  }

  async #forward(target: string, input: Input): Promise<Record<string, unknown>> {
    return this.#send(target, input, (body) => {
      if (!body.includes(localArn)) return body;
      let text = body;
      for (const [ours, local] of this.#localStreams) text = text.replaceAll(local, ours);
      return text.replaceAll(localArn, this.#arnPrefix);
    });
  }

  async #send(
    target: string,
    input: Input,
    translate: (body: string) => string = (body) => body,
  ): Promise<Record<string, unknown>> {
    const { status, body } = await this.#database.send(target, JSON.stringify(input));
    const parsed: unknown = JSON.parse(translate(body));
    if (status === 200) return z.record(z.string(), z.unknown()).parse(parsed);
    const { __type, message, Message, ...details } = errorSchema.parse(parsed);
    throw new AwsError(__type.split('#').at(-1) ?? __type, message ?? Message ?? '', status, details);
  }

  #notify(table: Table): void {
    for (const listener of this.#listeners) listener(table);
  }

  #describeTimeToLive(input: Input): Record<string, unknown> {
    const attribute = this.tables.get(String(input.TableName))?.timeToLive;
    return {
      TimeToLiveDescription:
        attribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
    };
  }

  #count(operation: string, table: string, quantity: number, isWrite: boolean): void {
    const unit = isWrite ? 'WriteRequestUnit' : 'ReadRequestUnit';
    this.#meter.count({ service: 'dynamodb', operation, unit, resource: table, quantity });
  }

  /** Table and item of every write in a request. */
  #written(action: string, input: Input): { table: string; keys: Input }[] {
    if (action === 'TransactWriteItems')
      return transactItems
        .catch([])
        .parse(input.TransactItems)
        .flatMap((item) => Object.entries(item))
        .filter(([kind]) => kind !== 'ConditionCheck')
        .map(([, { TableName, Key, Item }]) => ({ table: TableName, keys: Key ?? Item ?? {} }));
    if (action === 'BatchWriteItem')
      return Object.entries(batchItems.catch({}).parse(input.RequestItems)).flatMap(([table, requests]) =>
        requests.map((request) => ({
          table,
          keys: request.PutRequest?.Item ?? request.DeleteRequest?.Key ?? {},
        })),
      );
    const one = writtenItem.safeParse(input);
    return one.success ? [{ table: one.data.TableName, keys: one.data.Key ?? one.data.Item ?? {} }] : [];
  }

  #itemKey(table: string, keys: Input): string {
    const names = this.tables.get(table)?.keyNames ?? [];
    return JSON.stringify([table, ...names.map((name) => keys[name])]);
  }
}

/** The tables of an assembly. */
export function tablesOf(resources: readonly AssemblyResource[]): Table[] {
  return resources
    .filter(({ type }) => type === 'AWS::DynamoDB::Table' || type === 'AWS::DynamoDB::GlobalTable')
    .map((resource) => {
      const definition = propertiesOf(tableSchema, resource);
      const arn = resource.arn ?? '';
      const ttl = definition.TimeToLiveSpecification;
      return {
        name: resource.name,
        arn,
        keyNames: definition.KeySchema.map(({ AttributeName }) => AttributeName),
        definition,
        ...(definition.StreamSpecification ? { streamArn: streamArnOf(arn) } : {}),
        ...(ttl?.Enabled && ttl.AttributeName !== undefined ? { timeToLive: ttl.AttributeName } : {}),
      };
    });
}

function createTableInput({ name, definition }: Table): Input {
  const index = ({
    IndexName,
    KeySchema,
    Projection,
  }: (typeof definition.LocalSecondaryIndexes)[number]) => ({
    IndexName,
    KeySchema,
    Projection,
  });
  const { GlobalSecondaryIndexes, LocalSecondaryIndexes, StreamSpecification } = definition;
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definition.AttributeDefinitions,
    KeySchema: definition.KeySchema,
    ...(GlobalSecondaryIndexes.length > 0
      ? { GlobalSecondaryIndexes: GlobalSecondaryIndexes.map(index) }
      : {}),
    ...(LocalSecondaryIndexes.length > 0 ? { LocalSecondaryIndexes: LocalSecondaryIndexes.map(index) } : {}),
    ...(StreamSpecification
      ? { StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType } }
      : {}),
  };
}
