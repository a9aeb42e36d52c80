/** How a task goes on after its call was answered. */
export type TaskPattern = 'request' | 'sync' | 'sync:2' | 'waitForTaskToken';

/** What a Task state's Resource stands for. */
export interface TaskTarget {
  readonly kind: 'function' | 'optimised' | 'aws-sdk';
  readonly pattern: TaskPattern;
  /** `resourceType` and `resource` as the history shows them. */
  readonly resourceType: string;
  readonly resource: string;
  /** Service prefix as IAM spells it and API action in PascalCase, for the call. */
  readonly service: string;
  readonly action: string;
  /** Arguments the integration takes; undefined when any. */
  readonly accepts?: readonly string[];
  /** Arguments the integration cannot do without. */
  readonly requires: readonly string[];
}

interface Integration {
  readonly action: string;
  readonly patterns: readonly TaskPattern[];
  readonly requires: readonly string[];
  readonly accepts: readonly string[];
}

const ITEM_WRITE = [
  'TableName',
  'ConditionalOperator',
  'ConditionExpression',
  'Expected',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
  'ReturnValues',
];

/** The optimised integrations, by `service:action`, with the arguments that AWS documents for each. */
const OPTIMISED: Readonly<Record<string, Integration>> = {
  'lambda:invoke': {
    action: 'Invoke',
    patterns: ['request', 'waitForTaskToken'],
    requires: ['FunctionName'],
    accepts: ['FunctionName', 'Payload', 'Qualifier', 'InvocationType', 'LogType', 'ClientContext'],
  },
  'sqs:sendMessage': {
    action: 'SendMessage',
    patterns: ['request', 'waitForTaskToken'],
    requires: ['QueueUrl', 'MessageBody'],
    accepts: [
      'QueueUrl',
      'MessageBody',
      'DelaySeconds',
      'MessageAttributes',
      'MessageDeduplicationId',
      'MessageGroupId',
    ],
  },
  'states:startExecution': {
    action: 'StartExecution',
    patterns: ['request', 'sync', 'sync:2', 'waitForTaskToken'],
    requires: ['StateMachineArn'],
    accepts: ['StateMachineArn', 'Input', 'Name', 'TraceHeader'],
  },
  'dynamodb:getItem': {
    action: 'GetItem',
    patterns: ['request'],
    requires: ['TableName', 'Key'],
    accepts: [
      'TableName',
      'Key',
      'AttributesToGet',
      'ConsistentRead',
      'ExpressionAttributeNames',
      'ProjectionExpression',
      'ReturnConsumedCapacity',
    ],
  },
  'dynamodb:putItem': {
    action: 'PutItem',
    patterns: ['request'],
    requires: ['TableName', 'Item'],
    accepts: [...ITEM_WRITE, 'Item'],
  },
  'dynamodb:updateItem': {
    action: 'UpdateItem',
    patterns: ['request'],
    requires: ['TableName', 'Key'],
    accepts: [...ITEM_WRITE, 'Key', 'AttributeUpdates', 'UpdateExpression'],
  },
  'dynamodb:deleteItem': {
    action: 'DeleteItem',
    patterns: ['request'],
    requires: ['TableName', 'Key'],
    accepts: [...ITEM_WRITE, 'Key'],
  },
  'events:putEvents': {
    action: 'PutEvents',
    patterns: ['request', 'waitForTaskToken'],
    requires: ['Entries'],
    accepts: ['Entries'],
  },
};

/** SDK names of services whose IAM prefix is another. */
const IAM_PREFIX: Readonly<Record<string, string>> = {
  sfn: 'states',
  eventbridge: 'events',
  cloudwatch: 'cloudwatch',
  cloudwatchlogs: 'logs',
};

const FUNCTION = /^arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+(:[^:]+)?$/;
const SERVICE =
  /^arn:[^:]+:states:::(?<sdk>aws-sdk:)?(?<service>[A-Za-z0-9]+):(?<api>[A-Za-z0-9]+)(?:\.(?<suffix>sync:2|sync|waitForTaskToken))?$/;

/** What a Resource stands for, or undefined when this interpreter does not call such a thing. */
export function parseResource(arn: string): TaskTarget | undefined {
  if (FUNCTION.test(arn)) {
    return {
      kind: 'function',
      pattern: 'request',
      resourceType: 'lambda',
      resource: arn,
      service: 'lambda',
      action: 'Invoke',
      requires: [],
    };
  }
  const { sdk, service = '', api = '', suffix } = SERVICE.exec(arn)?.groups ?? {};
  if (!service) return undefined;
  const pattern = toPattern(suffix);
  const resource = suffix ? `${api}.${suffix}` : api;
  if (sdk) {
    if (pattern === 'sync' || pattern === 'sync:2') return undefined;
    return {
      kind: 'aws-sdk',
      pattern,
      resourceType: `aws-sdk:${service}`,
      resource,
      service: IAM_PREFIX[service] ?? service,
      action: api.charAt(0).toUpperCase() + api.slice(1),
      requires: [],
    };
  }
  const integration = OPTIMISED[`${service}:${api}`];
  if (!integration?.patterns.includes(pattern)) return undefined;
  const { action, accepts, requires } = integration;
  return { kind: 'optimised', pattern, resourceType: service, resource, service, action, accepts, requires };
}

function toPattern(suffix: string | undefined): TaskPattern {
  switch (suffix) {
    case 'sync':
    case 'sync:2':
    case 'waitForTaskToken':
      return suffix;
    default:
      return 'request';
  }
}
