import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { App, CfnResource, Duration, type Environment, Stack } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterEach, expect, test, vi } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { SHARED_DYNAMODB_VARIABLE } from '#local/dynamodb/database.ts';
import { DynamoDbProcess } from '#local/dynamodb/dynamodb-process.ts';

const main = fileURLToPath(new URL('../../../local/main.ts', import.meta.url));
const run = promisify(execFile);
/** Has clouds that are started from here on bring their own database. */
const shareNoDatabase = () => vi.stubEnv(SHARED_DYNAMODB_VARIABLE, undefined);

afterEach(() => vi.unstubAllEnvs());

/** Writes the assembly of a stack and answers its folder. */
async function synthesize(fill: (stack: Stack) => void, env?: Environment): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'embedded-cloud-test-'));
  const app = new App({ outdir, analyticsReporting: false });
  fill(new Stack(app, 'Small', env ? { env } : {}));
  app.synth();
  return outdir;
}

const waiting = {
  QueryLanguage: 'JSONata',
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } },
};

async function smallAssembly(): Promise<string> {
  return synthesize((stack) => {
    new Table(stack, 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } });
    new Queue(stack, 'Queue');
    new Rule(stack, 'EveryDay', {
      schedule: Schedule.rate(Duration.days(1)),
      targets: [new SqsQueue(new Queue(stack, 'Ticks'))],
    });
    new StateMachine(stack, 'Machine', {
      definitionBody: DefinitionBody.fromString(JSON.stringify(waiting)),
    });
  });
}

/** Process ids of everything that descends from this process and runs the embedded cloud or its database. */
async function descendants(): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').map((line) => {
    const [pid = '', parent = '', ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
  });
  const found = new Set([process.pid]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all
    .filter(({ pid, command }) => found.has(pid) && /local\/main\.ts|DynamoDBLocal/.test(command))
    .map(({ pid }) => pid);
}

/** Those that still run; one that has ended and that nobody has asked about yet does not. */
async function running(pids: readonly number[]): Promise<string[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,stat=']);
  const states = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  return states.flatMap(([pid = '', state = '']) =>
    pids.includes(Number(pid)) && !state.startsWith('Z') ? [pid] : [],
  );
}

test('an unknown resource type is refused by name', async () => {
  const assembly = await synthesize((stack) => {
    new CfnResource(stack, 'Brain', { type: 'AWS::Neuro::Brain' });
  });
  await expect(startCloud({ assembly })).rejects.toThrow(
    'The embedded cloud does not know these resources: Small.Brain (AWS::Neuro::Brain)',
  );
});

test('an unknown property is refused', async () => {
  const assembly = await synthesize((stack) => {
    new CfnResource(stack, 'Queue', { type: 'AWS::SQS::Queue', properties: { Colour: 'red' } });
  });
  await expect(startCloud({ assembly })).rejects.toThrow('Small.Queue: Unrecognized key: "Colour"');
});

test('a port that is taken is told in one line', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const failed = await run(process.execPath, [
    main,
    '--assembly',
    await smallAssembly(),
    '--port',
    String(port),
  ]).catch((error) => error);
  expect({ code: failed.code, stderr: failed.stderr }).toEqual({
    code: 1,
    stderr: `Port ${port} is in use: stop what uses it, or choose another with --port.\n`,
  });
  server.close();
});

test('without Java it says what to install', async () => {
  const failed = await run(process.execPath, [main, '--assembly', await smallAssembly(), '--port', '0'], {
    env: { PATH: '/nowhere', JAVA_HOME: '/nowhere' },
  }).catch((error) => error);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toMatch(/^DynamoDB Local needs Java 17 or newer: .*\n$/);
});

test('SIGTERM ends it with code 0 and nothing stays behind', async () => {
  shareNoDatabase();
  const child = spawn(process.execPath, [main, '--assembly', await smallAssembly(), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  expect(String(line)).toMatch(/^Ready: http:\/\/127\.0\.0\.1:\d+\n$/);
  const pids = await descendants();
  expect(pids.length).toBeGreaterThanOrEqual(2);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  await vi.waitFor(async () => expect(await running(pids)).toEqual([]), { timeout: 5000 });
});

test('when its parent is killed, it and its database end', async () => {
  shareNoDatabase();
  const assembly = await smallAssembly();
  const script = `import { startCloud } from '#local/client.ts';
    const cloud = await startCloud(${JSON.stringify({ assembly })});
    console.log(cloud.url);`;
  const parent = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(parent.stdout, 'data');
  const pids = await descendants();
  const socket = connect(Number(new URL(String(line).trim()).port), '127.0.0.1');
  await once(socket, 'connect');
  parent.kill('SIGKILL');
  socket.resume();
  await once(socket, 'close');
  await vi.waitFor(async () => expect(await running(pids)).toEqual([]), { timeout: 5000 });
});

test('with a data folder, stopping and starting again loses nothing', async () => {
  const assembly = await smallAssembly();
  const dataFolder = await mkdtemp(join(tmpdir(), 'embedded-cloud-data-'));
  const first = await startCloud({ assembly, dataFolder, clock: 'manual' });
  const { executionArn } = await fillIn(first);
  await first.advance(1000);
  const time = await first.now();
  await first.stop();

  const second = await startCloud({ assembly, dataFolder, clock: 'manual' });
  const { table, queue } = await clients(second);
  const states = new SFNClient(second.clientConfig);
  expect(await second.now()).toBe(time);
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: table.name, Key: { pk: { S: 'a' } } }),
  );
  expect(Item?.text?.S).toBe('kept');
  const { Messages } = await queue.client.send(new ReceiveMessageCommand({ QueueUrl: queue.url }));
  expect(Messages?.map(({ Body }) => Body)).toEqual(['kept']);
  await second.advance(24 * 3600 * 1000 - 1000);
  expect(await waitingIn(second, 'Ticks')).toBe('1');
  const { status } = await states.send(new DescribeExecutionCommand({ executionArn }));
  expect(status).toBe('SUCCEEDED');
  await second.stop();
});

test('clouds that share a database process have tables of their own', async () => {
  const assembly = await smallAssembly();
  const database = await DynamoDbProcess.startShared();
  await database.ready();
  vi.stubEnv(SHARED_DYNAMODB_VARIABLE, String(database.port));
  const [one, other] = await Promise.all([startCloud({ assembly }), startCloud({ assembly })]);
  await fillIn(one);
  const kept = async (cloud: CloudHandle) => {
    const { table } = await clients(cloud);
    const { Items } = await table.client.send(new ScanCommand({ TableName: table.name }));
    return Items?.map(({ text }) => text?.S);
  };
  expect([await kept(one), await kept(other)]).toEqual([['kept'], []]);
  await one.stop();
  await other.stop();
  await database.stop();
});

/** How many messages a queue holds. */
async function waitingIn(cloud: CloudHandle, queue: string): Promise<string | undefined> {
  const { physicalId: QueueUrl } = await cloud.resource('AWS::SQS::Queue', queue);
  const { Attributes } = await new SQSClient(cloud.clientConfig).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Attributes?.ApproximateNumberOfMessages;
}

test('an app that is fixed to an account and a region runs as if there', async () => {
  const env = { account: '111122223333', region: 'eu-west-1' };
  const assembly = await synthesize((stack) => {
    const deadLetters = new Queue(stack, 'Dead');
    new Queue(stack, 'Orders', {
      visibilityTimeout: Duration.seconds(0),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 1 },
    });
  }, env);
  const cloud = await startCloud({ assembly, clock: 'manual' });
  const sqs = new SQSClient(cloud.clientConfig);
  const url = async (name: string) => (await cloud.resource('AWS::SQS::Queue', name)).physicalId;
  const QueueUrl = await url('Orders');
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  expect(Attributes?.QueueArn).toMatch(/^arn:aws:sqs:eu-west-1:111122223333:Small-Orders/);
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: await url('Dead') }));
  expect(Messages).toHaveLength(1);
  await cloud.stop();
});

test('a faster clock lets an hour pass in a moment', async () => {
  const cloud = await startCloud({ assembly: await smallAssembly(), clock: { speed: 36_000 } });
  const states = new SFNClient(cloud.clientConfig);
  const machine = await cloud.resource('AWS::StepFunctions::StateMachine', 'Machine');
  const { executionArn } = await states.send(
    new StartExecutionCommand({ stateMachineArn: machine.physicalId }),
  );
  const describe = () => states.send(new DescribeExecutionCommand({ executionArn }));
  await cloud.runUntil(async () => (await describe()).status === 'SUCCEEDED', 24 * 3600 * 1000);
  const { startDate, stopDate } = await describe();
  expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(3600 * 1000);
  await cloud.stop();
});

async function clients(cloud: CloudHandle) {
  return {
    table: {
      client: new DynamoDBClient(cloud.clientConfig),
      name: (await cloud.resource('AWS::DynamoDB::Table', 'Table')).name,
    },
    queue: {
      client: new SQSClient(cloud.clientConfig),
      url: (await cloud.resource('AWS::SQS::Queue', 'Queue')).physicalId,
    },
  };
}

/** An item, a message and a waiting execution. */
async function fillIn(cloud: CloudHandle): Promise<{ executionArn: string | undefined }> {
  const { table, queue } = await clients(cloud);
  await table.client.send(
    new PutItemCommand({ TableName: table.name, Item: { pk: { S: 'a' }, text: { S: 'kept' } } }),
  );
  await queue.client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'kept' }));
  const machine = await cloud.resource('AWS::StepFunctions::StateMachine', 'Machine');
  return new SFNClient(cloud.clientConfig).send(
    new StartExecutionCommand({ stateMachineArn: machine.physicalId }),
  );
}
