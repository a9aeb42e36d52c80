import { randomUUID } from 'node:crypto';
import { type DynamoDbAnswer, DynamoDbConnection } from './dynamodb-connection.ts';
import { DynamoDbProcess } from './dynamodb-process.ts';

/** Environment variable with the port of a DynamoDB Local that clouds in memory share, each with tables of its own. */
export const SHARED_DYNAMODB_VARIABLE = 'EMBEDDED_CLOUD_DYNAMODB_PORT';

/** DynamoDB Local with the tables of one cloud. */
export interface Database {
  send(target: string, body: string): Promise<DynamoDbAnswer>;
  /** @throws when Java is missing or too old, in one line that says what to install */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Opens the database of a cloud, empty unless a folder has its tables: that of a DynamoDB Local which runs already
 * when it is to be in memory and {@link SHARED_DYNAMODB_VARIABLE} names one, else that of a process of its own.
 */
export async function openDatabase(dataFolder?: string): Promise<Database> {
  const shared = process.env[SHARED_DYNAMODB_VARIABLE];
  if (shared === undefined || dataFolder !== undefined) return DynamoDbProcess.start(dataFolder);
  const connection = new DynamoDbConnection(Number(shared), randomUUID().replaceAll('-', ''));
  return {
    send: (target, body) => connection.send(target, body),
    ready: async () => {},
    stop: async () => connection.close(),
  };
}
