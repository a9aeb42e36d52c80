import { SHARED_DYNAMODB_VARIABLE } from '#local/dynamodb/database.ts';
import { DynamoDbProcess } from '#local/dynamodb/dynamodb-process.ts';
import { assemble } from '#scripts/assemble.ts';

/**
 * What all tests need: the cloud assembly, made current before any of them, so that no two do it at the same time; and
 * one DynamoDB Local, which is fast after a while and need not be started for each cloud.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const database = await DynamoDbProcess.startShared();
  await Promise.all([assemble((text) => process.stdout.write(`${text}\n`)), database.ready()]);
  process.env[SHARED_DYNAMODB_VARIABLE] = String(database.port);
  return () => database.stop();
}
