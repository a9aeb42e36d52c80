import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { openDatabase } from '#local/dynamodb/database.ts';
import { documentClient } from '#shared/store/client.ts';
import { type IndexDefinition, TABLES, type TableDefinition, type TableId } from '#shared/store/tables.ts';

/** DynamoDB Local with some of the tables, and a client that talks to it. */
export interface TestTables {
  readonly client: DynamoDBDocumentClient;
  /** How many requests of each operation were made, since this was last asked. */
  takeCounts(): Record<string, number>;
  stop(): Promise<void>;
}

/** Starts DynamoDB Local with these tables as the product declares them, and names them in the environment. */
export async function startTables(...ids: TableId[]): Promise<TestTables> {
  const local = await openDatabase();
  await local.ready();
  const client = new DynamoDBClient({
    region: 'eu-north-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: {
      handle: async (request: { headers: Record<string, string>; body: string }) => {
        const target = request.headers['x-amz-target'] ?? '';
        const { status, body } = await local.send(target, request.body);
        return { response: { statusCode: status, headers: {}, body: Buffer.from(body) } };
      },
    },
  });
  for (const id of ids) {
    const definition: TableDefinition = TABLES[id];
    process.env[definition.environment] = id;
    await client.send(createTable(id, definition));
  }
  let counts: Record<string, number> = {};
  const documents = documentClient(client);
  documents.middlewareStack.add((next, context) => (args) => {
    const name = String(context.commandName).replace('Command', '');
    counts[name] = (counts[name] ?? 0) + 1;
    return next(args);
  });
  return {
    client: documents,
    takeCounts: () => {
      const taken = counts;
      counts = {};
      return taken;
    },
    stop: async () => {
      client.destroy();
      await local.stop();
    },
  };
}

function createTable(
  name: string,
  { partitionKey, sortKey, indexes = {} }: TableDefinition,
): CreateTableCommand {
  const keys = (partition: string, sort: string | undefined) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    ...(sort ? [{ AttributeName: sort, KeyType: 'RANGE' as const }] : []),
  ];
  const attributes = new Set([
    partitionKey,
    ...(sortKey ? [sortKey] : []),
    ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
  ]);
  const GlobalSecondaryIndexes = Object.entries(indexes).map(
    ([IndexName, index]: [string, IndexDefinition]) => ({
      IndexName,
      KeySchema: keys(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...index.project] },
    }),
  );
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys(partitionKey, sortKey),
    AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    ...(GlobalSecondaryIndexes.length > 0 && { GlobalSecondaryIndexes }),
  });
}
