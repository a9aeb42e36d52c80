import * as z from 'zod';
import { tokenExecution } from '../states/tokens.ts';
import type { Access } from './permissions.ts';

/** What of the deployment is needed to name the resources of a call. */
export interface AccessContext {
  readonly region: string;
  readonly account: string;
  /** Name of a table's partition key. */
  partitionKey(table: string): string | undefined;
  stateMachineArns(): readonly string[];
  /** ARN of a secret by its name or ARN. */
  secretArn(id: string): string | undefined;
}

type Input = Readonly<Record<string, unknown>>;

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const record = z.record(z.string(), z.unknown()).catch({});
const list = (value: unknown) => z.array(record).catch([]).parse(value);

/** The permissions that a call needs, as IAM sees it. */
export function accessesOf(service: string, action: string, input: Input, context: AccessContext): Access[] {
  const { region, account } = context;
  const arn = (path: string) => `arn:aws:${service}:${region}:${account}:${path}`;
  const one = (resource: string, as = action): Access[] => [{ action: `${service}:${as}`, resource }];
  switch (service) {
    case 'dynamodb':
      return dynamoDbAccesses(action, input, context);
    case 'sqs': {
      const queue = text(input.QueueUrl).split('/').at(-1) || text(input.QueueName);
      return one(queue === '' ? '*' : arn(queue), action.replace(/Batch$/, ''));
    }
    case 'states':
      return stateAccesses(action, input, context);
    case 'events':
      if (action !== 'PutEvents') return one('*');
      return list(input.Entries).map((entry) => {
        const bus = text(entry.EventBusName) || 'default';
        return {
          action: 'events:PutEvents',
          resource: bus.startsWith('arn:') ? bus : arn(`event-bus/${bus}`),
          context: { 'events:source': text(entry.Source), 'events:detail-type': text(entry.DetailType) },
        };
      });
    case 'ssm': {
      const names = [input.Name, input.Path, ...(Array.isArray(input.Names) ? input.Names : [])].filter(
        (name) => typeof name === 'string',
      );
      return names.flatMap((name) =>
        one(name.startsWith('arn:') ? name : arn(`parameter/${name.replace(/^\//, '')}`)),
      );
    }
    case 'secretsmanager': {
      const id = text(input.SecretId);
      return one(context.secretArn(id) ?? arn(`secret:${id}`));
    }
    case 'lambda': {
      const name = text(input.FunctionName);
      const qualifier = input.Qualifier === undefined ? '' : `:${input.Qualifier}`;
      const target = name.startsWith('arn:') ? name : arn(`function:${name}`);
      return one(`${target}${qualifier}`, action === 'Invoke' ? 'InvokeFunction' : action);
    }
    case 'scheduler':
      return schedulerAccesses(action, input, arn);
    default:
      return one('*');
  }
}

/** Whoever makes a schedule also hands the role to the scheduler that calls the target. */
function schedulerAccesses(action: string, input: Input, arn: (path: string) => string): Access[] {
  const one = (resource: string): Access => ({ action: `scheduler:${action}`, resource });
  if (action.startsWith('List')) return [one('*')];
  if (action.endsWith('Group')) return [one(arn(`schedule-group/${text(input.Name)}`))];
  const schedule = one(arn(`schedule/${text(input.GroupName) || 'default'}/${text(input.Name)}`));
  const role = text(record.parse(input.Target).RoleArn);
  if (role === '') return [schedule];
  const context = { 'iam:PassedToService': 'scheduler.amazonaws.com' };
  return [schedule, { action: 'iam:PassRole', resource: role, context }];
}

const transactionActions: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

function dynamoDbAccesses(action: string, input: Input, context: AccessContext): Access[] {
  const tableArn = (table: unknown) => {
    const name = text(table);
    return name.startsWith('arn:')
      ? name
      : `arn:aws:dynamodb:${context.region}:${context.account}:table/${name}`;
  };
  const access = (as: string, operation: Input): Access => {
    const table = text(operation.TableName).split('/').at(-1) ?? '';
    const index = operation.IndexName === undefined ? '' : `/index/${text(operation.IndexName)}`;
    const key = record.parse(operation.Key ?? operation.Item)[context.partitionKey(table) ?? ''];
    const leading = Object.values(record.parse(key)).filter((value) => typeof value === 'string');
    return {
      action: `dynamodb:${as}`,
      resource: `${tableArn(operation.TableName)}${index}`,
      ...(leading.length > 0 ? { context: { 'dynamodb:LeadingKeys': leading } } : {}),
    };
  };
  switch (action) {
    case 'TransactWriteItems':
    case 'TransactGetItems':
      return list(input.TransactItems).flatMap((item) =>
        Object.entries(item).map(([kind, operation]) =>
          access(transactionActions[kind] ?? kind, record.parse(operation)),
        ),
      );
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return Object.keys(record.parse(input.RequestItems)).map((table) => ({
        action: `dynamodb:${action}`,
        resource: tableArn(table),
      }));
    case 'ListTables':
    case 'ListStreams':
    case 'DescribeLimits':
    case 'DescribeEndpoints':
      return [{ action: `dynamodb:${action}`, resource: '*' }];
    case 'DescribeStream':
    case 'GetShardIterator':
      return [{ action: `dynamodb:${action}`, resource: text(input.StreamArn) }];
    case 'GetRecords':
      return [{ action: 'dynamodb:GetRecords', resource: text(input.ShardIterator).split('|')[0] ?? '*' }];
    default:
      return [access(action, input)];
  }
}

function stateAccesses(action: string, input: Input, context: AccessContext): Access[] {
  const resource =
    text(input.stateMachineArn) ||
    text(input.executionArn) ||
    text(input.mapRunArn) ||
    text(input.resourceArn);
  if (resource !== '') return [{ action: `states:${action}`, resource }];
  if (action.startsWith('SendTask')) {
    const execution = tokenExecution(text(input.taskToken));
    // What is no token is for the service to refuse, from whoever may answer any task at all.
    const machine = execution?.replace(':execution:', ':stateMachine:').split(':').slice(0, 7).join(':');
    return [{ action: `states:${action}`, resource: machine ?? context.stateMachineArns() }];
  }
  return [{ action: `states:${action}`, resource: '*' }];
}
