import { CfnResource, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that some resources break on purpose. */
export interface NagException {
  readonly id: string;
  /** Type of the resources. */
  readonly type: string;
  /** Which of them, by their path in the tree of constructs; all when it is left out. */
  readonly path?: RegExp;
  readonly reason: string;
}

/** Statements that may name every resource, by their `Sid`; the tests refuse any other. */
export const STATEMENTS_ON_ALL_RESOURCES: Readonly<Record<string, string>> = {
  Trace: 'X-Ray takes segments of the account, not of a resource: IAM knows none for these two actions.',
  LogDelivery:
    'CloudWatch Logs delivers for the account, not for a resource: IAM knows none for these actions, and Step Functions needs them to log.',
};

const FLOWS =
  'Every flow is started, and every token answered, by this one function; flows are found by name, so that no stack depends on those of the flows. The pattern covers the state machines of this product only.';
const states = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:stateMachine:milepost-flow_*';
const executions = 'arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:milepost-flow_*';
const timers = 'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule/milepost-timers/*';

/** Every exception from the AwsSolutions and Serverless rules. */
export const NAG_EXCEPTIONS: readonly NagException[] = [
  {
    id: 'AwsSolutions-IAM5[Resource::*]',
    type: 'AWS::IAM::Role',
    path: /\/Role\/Resource$/,
    reason: `Only statements Trace and LogDelivery. ${Object.values(STATEMENTS_ON_ALL_RESOURCES).join(' ')}`,
  },
  {
    id: `AwsSolutions-IAM5[Resource::${states}]`,
    type: 'AWS::IAM::Role',
    path: /^Milepost-Orders\/(tasks-order\.start|waits-resume|waits-dead-letter|sweeper-sweep)\//,
    reason: FLOWS,
  },
  {
    id: `AwsSolutions-IAM5[Resource::${executions}]`,
    type: 'AWS::IAM::Role',
    path: /^Milepost-Orders\/sweeper-sweep\//,
    reason:
      'Executions are named after orders: the sweeper looks at each of those of this product, and no other.',
  },
  {
    id: `AwsSolutions-IAM5[Resource::${timers}]`,
    type: 'AWS::IAM::Role',
    path: /^Milepost-Orders\/(waits-resume|timing-assess)\//,
    reason:
      'A schedule is made for each wait or order, under a name of its own; the group holds nothing else.',
  },
  {
    id: 'Serverless-LambdaStarPermissions',
    type: 'AWS::IAM::Role',
    reason: 'The same findings as AwsSolutions-IAM5, which are excepted one by one above.',
  },
  {
    id: 'AwsSolutions-SF1',
    type: 'AWS::StepFunctions::StateMachine',
    reason:
      'Level ERROR instead of ALL: Step Functions keeps every event of an execution for 90 days anyway, and the tables say how far an order has come. Logging each of them again would cost more than the executions.',
  },
  {
    id: 'AwsSolutions-SMG4',
    type: 'AWS::SecretsManager::Secret',
    reason:
      'The credentials belong to the underlying systems, which issue them; there is no common way to ask for a new one. A new value takes effect within five minutes, without a deployment.',
  },
  {
    id: 'AwsSolutions-SQS3',
    type: 'AWS::SQS::Queue',
    path: /^Milepost-Messaging\/Queue-(undelivered-events|failed-executions)\//,
    reason:
      'These are where failures end: an alarm rings at the first message, and none is delivered from them.',
  },
  {
    id: 'Serverless-SQSRedrivePolicy',
    type: 'AWS::SQS::Queue',
    path: /^Milepost-Messaging\/Queue-(dead-letters|intake-dead-letters|undelivered-events|failed-executions)\//,
    reason:
      'These are where failures end: an alarm rings at the first message, and none is delivered from them.',
  },
  {
    id: 'Serverless-LambdaDLQ',
    type: 'AWS::Lambda::Function',
    reason:
      'A dead-letter queue serves asynchronous invocations, of which waits/resume and timing/assess alone have any (they have one). Step Functions and API Gateway wait for the answer; queues and streams have their own destination for failures.',
  },
  {
    id: 'Serverless-LambdaEventSourceMappingDestination',
    type: 'AWS::Lambda::EventSourceMapping',
    path: /\/Queue-/,
    reason: 'Lambda knows no destination for failures of SQS: each of these queues has a dead-letter queue.',
  },
  {
    id: 'Serverless-EventBusDLQ',
    type: 'AWS::Events::Rule',
    path: /^Milepost-Orders\/(sweeper-sweep|undelivered-redeliver)\//,
    reason: 'A run that is missed is made up for by the next one, five minutes later.',
  },
  {
    id: 'Serverless-SNSRedrivePolicy',
    type: 'AWS::SNS::Subscription',
    reason:
      'An e-mail that is not delivered is not worth a queue that itself needs an alarm: alarms stay visible in CloudWatch.',
  },
];

/**
 * Acknowledges each exception on the very resources that it is for.
 * @throws Error for an exception that is for no resource any more
 */
export function acknowledgeExceptions(app: IConstruct): void {
  const resources = app.node.findAll().filter((construct) => CfnResource.isCfnResource(construct));
  for (const { id, type, path, reason } of NAG_EXCEPTIONS) {
    const excepted = resources.filter(
      (resource) => resource.cfnResourceType === type && (!path || path.test(resource.node.path)),
    );
    if (excepted.length === 0) throw new Error(`No resource needs the exception from ${id} any more`);
    for (const resource of excepted) Validations.of(resource).acknowledge({ id, reason });
  }
}
