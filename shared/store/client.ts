import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TABLES, type TableId } from './tables.ts';

/** The document client that every store uses: undefined attributes are left out, sets stay sets. */
export const documentClient = (client = new DynamoDBClient()): DynamoDBDocumentClient =>
  DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });

/**
 * The name of a table, from the environment of the function.
 * @throws Error naming the variable when the function was deployed without it
 */
export function tableName(table: TableId): string {
  const { environment } = TABLES[table];
  const name = process.env[environment];
  if (!name) throw new Error(`The environment variable ${environment} is not set`);
  return name;
}
