/** The functions of the test app, bundled as one module. */
import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';

const dynamoDb = new DynamoDBClient();
const states = new SFNClient();
const TableName = process.env.TABLE;

async function put(pk: string, sk: string, text: string): Promise<void> {
  await dynamoDb.send(
    new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: sk }, text: { S: text } } }),
  );
}

/** Writes an item, and says in which environment and at what time it ran. */
export async function write(event: { pk: string; text: string }) {
  console.log(`writing ${event.pk}`);
  await put(event.pk, 'item', event.text);
  return { role: process.env.ROLE, now: Date.now(), instant: new Date().toISOString() };
}

/** Fails for the messages that say so. */
export async function consume(event: SQSEvent): Promise<SQSBatchResponse> {
  const bad = event.Records.filter(({ body }) => body.startsWith('bad'));
  for (const { body, attributes } of event.Records)
    await put(`message ${body}`, attributes.ApproximateReceiveCount ?? '', body);
  return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** Logs the changes of one item in the order in which they come. */
export async function follow(event: DynamoDBStreamEvent): Promise<void> {
  for (const { dynamodb } of event.Records) {
    const text = dynamodb?.NewImage?.text?.S ?? '';
    if (text === 'poison') throw new Error('cannot follow this');
    console.log(`followed ${text}`);
  }
}

/** Keeps a task token. */
export async function park({ id, token }: { id: string; token: string }): Promise<void> {
  await put(`token ${id}`, 'item', token);
}

/** Answers a task whose token was kept. */
export async function resume({ id }: { id: string }): Promise<void> {
  const { Item } = await dynamoDb.send(
    new GetItemCommand({ TableName, Key: { pk: { S: `token ${id}` }, sk: { S: 'item' } } }),
  );
  await states.send(
    new SendTaskSuccessCommand({ taskToken: Item?.text?.S, output: JSON.stringify({ resumed: id }) }),
  );
}

/** An HTTP route that answers with what it was called with. */
export async function greet(event: {
  pathParameters?: { name?: string };
  requestContext: { authorizer?: { jwt: { claims: Record<string, string> } } };
}) {
  return { name: event.pathParameters?.name, subject: event.requestContext.authorizer?.jwt.claims.sub };
}

/** Fails. */
export async function fail(): Promise<never> {
  throw Object.assign(new Error('out of stock'), { name: 'OutOfStock' });
}

/** Reads a setting and a secret. */
export async function settings(): Promise<{ setting: string | undefined; secret: string | undefined }> {
  const { Parameter } = await new SSMClient().send(new GetParameterCommand({ Name: process.env.SETTING }));
  const { SecretString } = await new SecretsManagerClient().send(
    new GetSecretValueCommand({ SecretId: process.env.SECRET }),
  );
  return { setting: Parameter?.Value, secret: SecretString };
}

/** Logs that it was called. */
export async function tick(): Promise<void> {
  console.log('tick');
}

/** Writes two items at once, the second into a table that may not be allowed. */
export async function both(): Promise<void> {
  const item = (TableName: string | undefined) => ({
    Put: { TableName, Item: { pk: { S: 'both' }, sk: { S: 'item' }, text: { S: 'x' } } },
  });
  await dynamoDb.send(
    new TransactWriteItemsCommand({ TransactItems: [item(TableName), item(process.env.OTHER_TABLE)] }),
  );
}

/** Never answers. */
export async function hang(): Promise<never> {
  return new Promise(() => {});
}
