import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type IRole, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type CloudHandle, startCloud } from '#local/client.ts';
import { accessesOf } from '#local/iam/accesses.ts';
import { assemblyOf } from './stack.ts';

const start = new Date('2027-03-01T08:00:00Z');
const minute = 60_000;
const day = 24 * 60 * minute;

async function assembly(): Promise<string> {
  return assemblyOf((stack) => {
    const queue = new Queue(stack, 'Queue', { queueName: 'work' });
    const dead = new Queue(stack, 'Dead', { queueName: 'dead' });
    const role = (roleName: string): IRole =>
      new Role(stack, roleName, { roleName, assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const trusted = role('trusted');
    queue.grantSendMessages(trusted);
    dead.grantSendMessages(role('only-dead'));
    new Role(stack, 'Stranger', {
      roleName: 'stranger',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const machine = new StateMachine(stack, 'Machine', {
      stateMachineName: 'machine',
      definitionBody: DefinitionBody.fromString(
        JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'End', States: { End: { Type: 'Succeed' } } }),
      ),
    });
    machine.grantStartExecution(trusted);
    new CfnScheduleGroup(stack, 'Group', { name: 'timers' });
    new CfnSchedule(stack, 'Nightly', {
      name: 'nightly',
      groupName: 'timers',
      scheduleExpression: 'cron(0 3 * * ? *)',
      scheduleExpressionTimezone: 'Europe/Berlin',
      flexibleTimeWindow: { mode: 'OFF' },
      target: { arn: queue.queueArn, roleArn: trusted.roleArn, input: '"nightly"' },
    });
  });
}

const queueUrl = (name: string) => `${cloud.url}/000000000000/${name}`;
const queueArn = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;
const roleArn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;

let folder: string;
let cloud: CloudHandle;
let scheduler: SchedulerClient;
let sqs: SQSClient;

async function open(): Promise<void> {
  cloud = await startCloud({ assembly: folder, clock: 'manual', start });
  scheduler = new SchedulerClient({ ...cloud.clientConfig, maxAttempts: 1 });
  sqs = new SQSClient(cloud.clientConfig);
}

beforeAll(async () => {
  folder = await assembly();
  await open();
}, 60_000);
afterAll(() => cloud.stop());
beforeEach(async () => {
  await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl('work') }));
});

let made = 0;

/** A schedule that sends its own name to the queue. */
function schedule(more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput {
  const Name = `schedule-${++made}`;
  return {
    Name,
    GroupName: 'timers',
    ScheduleExpression: 'rate(1 hour)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: queueArn('work'), RoleArn: roleArn('trusted'), Input: Name },
    ...more,
  };
}

const create = (input: CreateScheduleCommandInput) => scheduler.send(new CreateScheduleCommand(input));
const at = (time: number) => `at(${new Date(time).toISOString().slice(0, 19)})`;

/** Takes all bodies from the queue and answers those that are about a schedule. */
async function sent(Name: string | undefined): Promise<string[]> {
  const QueueUrl = queueUrl('work');
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies.filter((body) => body.includes(String(Name)));
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

test('a one-time schedule fires at its time and removes itself', async () => {
  const due = (await cloud.now()) + 14 * day;
  const { Name, GroupName, ...rest } = schedule({ ActionAfterCompletion: 'DELETE' });
  const { ScheduleArn } = await create({ ...rest, Name, GroupName, ScheduleExpression: at(due) });
  expect(ScheduleArn).toBe(`arn:aws:scheduler:eu-central-1:000000000000:schedule/timers/${Name}`);
  expect(await scheduler.send(new GetScheduleCommand({ Name, GroupName }))).toMatchObject({
    Arn: ScheduleArn,
    State: 'ENABLED',
    ScheduleExpressionTimezone: 'UTC',
    CreationDate: new Date(due - 14 * day),
  });

  await cloud.advanceTo(due - 1000);
  expect(await sent(Name)).toEqual([]);
  await cloud.advanceTo(due);
  expect(await sent(Name)).toEqual([Name]);
  await expect(scheduler.send(new GetScheduleCommand({ Name, GroupName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a one-time schedule is meant in its time zone, and stays when nothing else is said', async () => {
  const input = schedule({
    ScheduleExpression: 'at(2027-07-01T08:00:00)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
  await create(input);
  await cloud.advanceTo(Date.parse('2027-07-01T05:59:59Z'));
  expect(await sent(input.Name)).toEqual([]);
  await cloud.advanceTo(Date.parse('2027-07-01T06:00:00Z'));
  expect(await sent(input.Name)).toEqual([input.Name]);
  await cloud.advance(day);
  expect(await sent(input.Name)).toEqual([]);
  await scheduler.send(new GetScheduleCommand({ Name: input.Name, GroupName: 'timers' }));
});

test('a rate begins at its start and ends at its end', async () => {
  const now = await cloud.now();
  const input = schedule({
    StartDate: new Date(now + 10 * minute),
    EndDate: new Date(now + 145 * minute),
    ActionAfterCompletion: 'DELETE',
  });
  await create(input);
  await cloud.advance(9 * minute);
  expect(await sent(input.Name)).toEqual([]);
  await cloud.advance(minute);
  expect(await sent(input.Name)).toHaveLength(1);
  await cloud.advance(day);
  expect(await sent(input.Name)).toHaveLength(2);
  expect((await scheduler.send(new ListSchedulesCommand({ NamePrefix: input.Name }))).Schedules).toEqual([]);
});

test('a rate without a start begins at once; one that is disabled rests', async () => {
  const input = schedule();
  await create(input);
  await cloud.advance(0);
  expect(await sent(input.Name)).toHaveLength(1);
  await scheduler.send(new UpdateScheduleCommand({ ...input, State: 'DISABLED' }));
  await cloud.advance(day);
  expect(await sent(input.Name)).toEqual([]);
  await scheduler.send(new UpdateScheduleCommand({ ...input, ScheduleExpression: 'cron(30 12 * * ? *)' }));
  await cloud.advance(2 * day);
  expect(await sent(input.Name)).toHaveLength(2);
  await scheduler.send(new DeleteScheduleCommand({ Name: input.Name, GroupName: 'timers' }));
  await cloud.advance(day);
  expect(await sent(input.Name)).toEqual([]);
});

test('names are taken once; the same request again is answered as before', async () => {
  const input = schedule({ ClientToken: 'one' });
  await create(input);
  await create(input);
  await expect(create({ ...input, ClientToken: 'two' })).rejects.toMatchObject({
    name: 'ConflictException',
    message: `Schedule ${input.Name} already exists.`,
    $metadata: { httpStatusCode: 409 },
  });
  await create({ ...input, GroupName: 'default', ClientToken: 'two' });
});

test.each<[Partial<CreateScheduleCommandInput>, string, RegExp]>([
  [{ Name: 'a b' }, 'ValidationException', /'name' failed to satisfy constraint: Member must satisfy/],
  [{ Name: 'x'.repeat(65) }, 'ValidationException', /length less than or equal to 64/],
  [{ ScheduleExpression: 'tomorrow' }, 'ValidationException', /Invalid Schedule Expression tomorrow\./],
  [{ ScheduleExpression: 'at(2020-01-01T00:00:00)' }, 'ValidationException', /Invalid Schedule Expression/],
  [{ ScheduleExpressionTimezone: 'Mars/Olympus' }, 'ValidationException', /Timezone Mars\/Olympus/],
  [{ StartDate: new Date(0) }, 'ValidationException', /StartDate/],
  [{ EndDate: new Date(0) }, 'ValidationException', /EndDate/],
  [{ GroupName: 'elsewhere' }, 'ResourceNotFoundException', /Schedule group elsewhere does not exist/],
  [
    { Target: { Arn: queueArn('work'), RoleArn: roleArn('stranger') } },
    'ValidationException',
    /must allow AWS EventBridge Scheduler to assume the role/,
  ],
  [
    { Target: { Arn: 'arn:aws:sns:eu-central-1:000000000000:t', RoleArn: roleArn('trusted') } },
    'ValidationException',
    /'target\.arn'/,
  ],
])('refuses %j', async (wrong, name, message) => {
  await expect(create(schedule(wrong))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
});

test('what its role may not call goes to the dead-letter queue', async () => {
  const input = schedule({
    ScheduleExpression: at((await cloud.now()) + minute),
    Target: {
      Arn: queueArn('work'),
      RoleArn: roleArn('only-dead'),
      Input: '"nobody"',
      DeadLetterConfig: { Arn: queueArn('dead') },
    },
  });
  await create(input);
  await cloud.advance(minute);
  expect(await sent('nobody')).toEqual([]);
  const { Messages } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: queueUrl('dead'), MessageAttributeNames: ['All'] }),
  );
  expect(Messages).toMatchObject([
    {
      Body: '"nobody"',
      MessageAttributes: {
        ERROR_CODE: { StringValue: 'AccessDeniedException' },
        SCHEDULE_ARN: { StringValue: expect.stringContaining(`timers/${input.Name}`) },
      },
    },
  ]);
});

test('starts state machines; without input they get a notification', async () => {
  const states = new SFNClient(cloud.clientConfig);
  const stateMachineArn = 'arn:aws:states:eu-central-1:000000000000:stateMachine:machine';
  const due = (await cloud.now()) + minute;
  await create(
    schedule({
      ScheduleExpression: at(due),
      Target: { Arn: stateMachineArn, RoleArn: roleArn('trusted') },
    }),
  );
  await cloud.advance(minute);
  const { executions = [] } = await states.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions).toHaveLength(1);
  const { input = '' } = await states.send(
    new DescribeExecutionCommand({ executionArn: executions[0]?.executionArn }),
  );
  expect(JSON.parse(input)).toMatchObject({ source: 'aws.scheduler', time: `${at(due).slice(3, -1)}Z` });
});

test('lists by group, prefix and page; groups are those of the template', async () => {
  const names = ['c', 'a', 'b'].map((end) => `listed-${end}`);
  for (const Name of names) await create(schedule({ Name }));
  const list = async (NextToken?: string) =>
    scheduler.send(
      new ListSchedulesCommand({ GroupName: 'timers', NamePrefix: 'listed-', MaxResults: 2, NextToken }),
    );
  const first = await list();
  const second = await list(first.NextToken);
  expect([...(first.Schedules ?? []), ...(second.Schedules ?? [])].map(({ Name }) => Name)).toEqual(
    names.toSorted(),
  );
  expect(second.NextToken).toBeUndefined();
  const { ScheduleGroups } = await scheduler.send(new ListScheduleGroupsCommand({}));
  expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(['default', 'timers']);
  expect(await scheduler.send(new GetScheduleGroupCommand({ Name: 'timers' }))).toMatchObject({
    State: 'ACTIVE',
  });
});

test('schedules of the template fire in their time zone, and are billed', async () => {
  await cloud.resetMeter();
  const before = await cloud.now();
  await cloud.advanceTo(before - (before % day) + 2 * day);
  const nights = (await sent('nightly')).length;
  expect(nights).toBeGreaterThanOrEqual(1);
  const { total } = await cloud.meter();
  expect(total.filter(({ service }) => service === 'scheduler')).toContainEqual({
    service: 'scheduler',
    operation: 'Invoke',
    unit: 'Invocation',
    resource: 'timers',
    quantity: expect.any(Number),
  });
  await cloud.fire('nightly');
  await cloud.idle();
  expect(await sent('nightly')).toHaveLength(1);
});

test('whoever makes a schedule needs permission for it and to pass its role', () => {
  const context = {
    ...{ region: 'eu-central-1', account: '000000000000', partitionKey: () => undefined },
    ...{ stateMachineArns: () => [], secretArn: () => undefined },
  };
  const { Name, Target } = schedule();
  expect(accessesOf('scheduler', 'CreateSchedule', { Name, GroupName: 'timers', Target }, context)).toEqual([
    {
      action: 'scheduler:CreateSchedule',
      resource: `arn:aws:scheduler:eu-central-1:000000000000:schedule/timers/${Name}`,
    },
    {
      action: 'iam:PassRole',
      resource: roleArn('trusted'),
      context: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    },
  ]);
  expect(accessesOf('scheduler', 'DeleteSchedule', { Name }, context)).toEqual([
    {
      action: 'scheduler:DeleteSchedule',
      resource: `arn:aws:scheduler:eu-central-1:000000000000:schedule/default/${Name}`,
    },
  ]);
});
