import { createHash } from 'node:crypto';
import { SecretStore } from '../parameters.ts';
import type { Json, Resolve, UnresolvedResource } from './intrinsics.ts';

/** Where a resource is deployed. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly stack: string;
  readonly logicalId: string;
  /** Base URL of the embedded cloud. */
  readonly url: string;
}

/** What a resource is called. */
export interface Identity {
  /** What `Ref` answers. */
  readonly physicalId: string;
  /** Its name within the service. */
  readonly name: string;
  readonly arn?: string;
  /** What `Fn::GetAtt` answers beside `Arn`. */
  readonly attributes: Readonly<Record<string, Json>>;
}

/** How resources of one type are named. */
interface Kind {
  /** Property that gives an explicit name. */
  readonly nameProperty?: string;
  /** Generated names are cut to this length. */
  readonly maxLength?: number;
  /** Makes a generated name where the type does not follow the usual `stack-logicalId-suffix`. */
  readonly generate?: (place: Place, suffix: string) => string;
  readonly arn?: (place: Place, name: string, reference: ReferenceOf) => string;
  /** What `Ref` answers; the name unless told otherwise. */
  readonly ref?: 'arn' | ((place: Place, name: string) => string);
  readonly attributes?: (place: Place, name: string, arn: string) => Readonly<Record<string, Json>>;
  /** The type exists in the template and on AWS but does nothing here. */
  readonly silent?: true;
}

/** Reads a text property, resolved. */
type ReferenceOf = (property: string) => string | undefined;

const arn =
  (service: string, path: string) =>
  ({ region, account }: Place, name: string) =>
    `arn:aws:${service}:${region}:${account}:${path}${name}`;
const iamArn =
  (path: string) =>
  ({ account }: Place, name: string) =>
    `arn:aws:iam::${account}:${path}${name}`;
const shortId = (_place: Place, suffix: string) => suffix.toLowerCase().slice(0, 10);

/** Label of every table's stream; AWS uses the time at which the stream was made. */
const streamLabel = '2026-01-01T00:00:00.000';

/** ARN of a table's stream. */
export function streamArnOf(tableArn: string): string {
  return `${tableArn}/stream/${streamLabel}`;
}

const table: Kind = {
  nameProperty: 'TableName',
  maxLength: 255,
  arn: arn('dynamodb', 'table/'),
  attributes: (_place, _name, tableArn) => ({ StreamArn: streamArnOf(tableArn) }),
};
const silent: Kind = { silent: true };

const kinds: Readonly<Record<string, Kind>> = {
  'AWS::ApiGatewayV2::Api': {
    generate: shortId,
    attributes: ({ url }, name) => ({ ApiEndpoint: url, ApiId: name }),
  },
  'AWS::ApiGatewayV2::Authorizer': {
    generate: shortId,
    attributes: (_place, name) => ({ AuthorizerId: name }),
  },
  'AWS::ApiGatewayV2::Integration': { generate: shortId },
  'AWS::ApiGatewayV2::Route': { generate: shortId, attributes: (_place, name) => ({ RouteId: name }) },
  'AWS::ApiGatewayV2::Stage': { nameProperty: 'StageName' },
  'AWS::DynamoDB::Table': table,
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    arn: arn('events', 'event-bus/'),
    attributes: (_place, name) => ({ Name: name }),
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    maxLength: 64,
    arn: (place, name, property) => {
      const bus = property('EventBusName')?.split('/').at(-1) ?? 'default';
      return arn('events', 'rule/')(place, bus === 'default' ? name : `${bus}/${name}`);
    },
  },
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    maxLength: 128,
    arn: iamArn('policy/'),
    ref: 'arn',
  },
  'AWS::IAM::Policy': { nameProperty: 'PolicyName' },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    maxLength: 64,
    arn: iamArn('role/'),
    attributes: (_place, name) => ({
      RoleId: `AROA${name
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, '')
        .slice(-17)}`,
    }),
  },
  'AWS::Lambda::Alias': {
    generate: (_place, suffix) => suffix,
    nameProperty: 'Name',
    arn: (_place, name, property) => `${property('FunctionName')}:${name}`,
    ref: 'arn',
  },
  'AWS::Lambda::EventInvokeConfig': { generate: shortId },
  'AWS::Lambda::EventSourceMapping': {
    generate: (place) => {
      const hex = createHash('sha256').update(`${place.stack}/${place.logicalId}`).digest('hex');
      return [
        hex.slice(0, 8),
        hex.slice(8, 12),
        hex.slice(12, 16),
        hex.slice(16, 20),
        hex.slice(20, 32),
      ].join('-');
    },
    attributes: (_place, name) => ({ Id: name }),
  },
  'AWS::Lambda::Function': { nameProperty: 'FunctionName', maxLength: 64, arn: arn('lambda', 'function:') },
  'AWS::Lambda::Permission': {},
  'AWS::Lambda::Version': {
    generate: () => '1',
    arn: (_place, name, property) => `${property('FunctionName')}:${name}`,
    ref: 'arn',
    attributes: (_place, name) => ({ Version: name }),
  },
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    maxLength: 80,
    arn: arn('sqs', ''),
    ref: ({ url, account }, name) => `${url}/${account}/${name}`,
    attributes: ({ url, account }, name) => ({ QueueName: name, QueueUrl: `${url}/${account}/${name}` }),
  },
  'AWS::SQS::QueuePolicy': {},
  'AWS::SSM::Parameter': {
    nameProperty: 'Name',
    arn: (place, name) => arn('ssm', 'parameter')(place, name.startsWith('/') ? name : `/${name}`),
  },
  'AWS::Scheduler::Schedule': {
    nameProperty: 'Name',
    maxLength: 64,
    arn: (place, name, property) =>
      arn('scheduler', `schedule/${property('GroupName') ?? 'default'}/`)(place, name),
  },
  'AWS::Scheduler::ScheduleGroup': { nameProperty: 'Name', arn: arn('scheduler', 'schedule-group/') },
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    generate: ({ logicalId }, suffix) => `${logicalId}-${suffix.slice(0, 12)}`,
    arn: (place, name) => new SecretStore(place, () => 0).put(name, ''),
    ref: 'arn',
    attributes: (_place, _name, secretArn) => ({ Id: secretArn }),
  },
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    generate: ({ logicalId }, suffix) => `${logicalId}-${suffix.slice(0, 12)}`.slice(-80),
    arn: arn('states', 'stateMachine:'),
    ref: 'arn',
    attributes: (_place, name) => ({ Name: name }),
  },

  'AWS::ApiGatewayV2::ApiMapping': silent,
  'AWS::ApiGatewayV2::DomainName': silent,
  'AWS::ApplicationAutoScaling::ScalableTarget': silent,
  'AWS::ApplicationAutoScaling::ScalingPolicy': silent,
  'AWS::Backup::BackupPlan': silent,
  'AWS::Backup::BackupSelection': silent,
  'AWS::Backup::BackupVault': silent,
  'AWS::Budgets::Budget': silent,
  'AWS::CDK::Metadata': silent,
  'AWS::CloudWatch::Alarm': silent,
  'AWS::CloudWatch::CompositeAlarm': silent,
  'AWS::CloudWatch::Dashboard': silent,
  'AWS::Events::Archive': silent,
  'AWS::KMS::Alias': silent,
  'AWS::KMS::Key': { silent: true, arn: arn('kms', 'key/') },
  'AWS::Logs::LogGroup': {
    silent: true,
    nameProperty: 'LogGroupName',
    arn: (place, name) => `${arn('logs', 'log-group:')(place, name)}:*`,
  },
  'AWS::Logs::MetricFilter': silent,
  'AWS::Logs::QueryDefinition': silent,
  'AWS::Logs::ResourcePolicy': silent,
  'AWS::Logs::SubscriptionFilter': silent,
  'AWS::ResourceGroups::Group': silent,
  'AWS::SNS::Subscription': silent,
  'AWS::SNS::Topic': { silent: true, nameProperty: 'TopicName', arn: arn('sns', ''), ref: 'arn' },
  'AWS::SNS::TopicPolicy': silent,
  'AWS::SecretsManager::ResourcePolicy': silent,
  'AWS::XRay::Group': silent,
  'AWS::XRay::SamplingRule': silent,
};

/** Whether resources of the type are understood. */
export function isKnownType(type: string): boolean {
  return Object.hasOwn(kinds, type);
}

/** Whether resources of the type are known to do nothing here. */
export function isSilentType(type: string): boolean {
  return kinds[type]?.silent === true;
}

/** Names a resource as AWS would, the same way at every start. */
export function identify(place: Place, resource: UnresolvedResource, resolve: Resolve): Identity {
  const kind = kinds[resource.type];
  if (!kind) throw new Error(`${place.stack}.${place.logicalId}: ${resource.type} is not supported`);
  const property: ReferenceOf = (name) => {
    const value = resource.properties[name];
    return value === undefined ? undefined : String(resolve(value));
  };
  const explicit = kind.nameProperty === undefined ? undefined : property(kind.nameProperty);
  const name = explicit ?? generated(kind, place, resource);
  const resourceArn = kind.arn?.(place, name, property);
  return {
    physicalId: kind.ref === 'arn' ? (resourceArn ?? name) : (kind.ref?.(place, name) ?? name),
    name,
    ...(resourceArn === undefined ? {} : { arn: resourceArn }),
    attributes: {
      ...(resourceArn === undefined ? {} : { Arn: resourceArn }),
      ...kind.attributes?.(place, name, resourceArn ?? ''),
    },
  };
}

function generated(kind: Kind, place: Place, resource: UnresolvedResource): string {
  const suffix = suffixOf(place, resource.type);
  if (kind.generate) return kind.generate(place, suffix);
  const end = resource.properties.FifoQueue === true ? '.fifo' : '';
  const room = (kind.maxLength ?? 128) - suffix.length - 1 - end.length;
  return `${`${place.stack}-${place.logicalId}`.slice(0, room)}-${suffix}${end}`;
}

/** Thirteen characters that stay the same for the same resource. */
function suffixOf(place: Place, purpose: string): string {
  const digest = createHash('sha256').update(`${place.stack}/${place.logicalId}/${purpose}`).digest();
  return digest.readBigUInt64BE().toString(36).toUpperCase().padStart(13, '0').slice(-13);
}
