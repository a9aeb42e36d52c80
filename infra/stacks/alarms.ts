import { Aws, CfnCondition, CfnParameter, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { FUNCTIONS } from '../functions.ts';
import { CORRESPONDENCE_ARN, functionName, queueName } from '../names.ts';
import { QUEUES } from '../queues.ts';

const FIVE_MINUTES = Duration.minutes(5);

interface AlarmDefinition {
  readonly id: string;
  readonly description: string;
  readonly metric: IMetric;
  readonly above: number;
  /** Periods in a row; default 1. */
  readonly periods?: number;
}

interface AlarmsStackProps extends StackProps {
  readonly apiId: string;
}

/** Stateless: few alarms, each of which means that a person should look, and the topic that tells them. */
export class AlarmsStack extends Stack {
  constructor(scope: Construct, id: string, { apiId, ...props }: AlarmsStackProps) {
    super(scope, id, { ...props, description: 'Milepost: alarms' });
    const action = new SnsAction(this.#topic());
    for (const { id: alarmId, description, metric, above, periods = 1 } of [
      ...watchedQueues(),
      ...streamConsumers(),
      intakeAge(),
      lambdaErrors(),
      apiErrors(apiId),
      correspondenceFailures(),
      ...findings(),
    ]) {
      const alarm = new Alarm(this, alarmId, {
        alarmDescription: description,
        metric,
        threshold: above,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: periods,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      alarm.addAlarmAction(action);
      alarm.addOkAction(action);
    }
  }

  /** Encrypted under a key of its own: CloudWatch may not use the one that AWS manages for SNS. */
  #topic(): Topic {
    const email = new CfnParameter(this, 'AlarmEmail', {
      description: 'Where alarms go; leave it empty to subscribe to the topic in another way',
      default: '',
    });
    const key = new Key(this, 'TopicKey', { description: 'Milepost: alarm topic', enableKeyRotation: true });
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const topic = new Topic(this, 'Topic', {
      displayName: 'Milepost alarms',
      masterKey: key,
      enforceSSL: true,
    });
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    const subscription = new CfnSubscription(this, 'Email', {
      topicArn: topic.topicArn,
      protocol: 'email',
      endpoint: email.valueAsString,
    });
    subscription.cfnOptions.condition = new CfnCondition(this, 'HasEmail', {
      expression: Fn.conditionNot(Fn.conditionEquals(email.valueAsString, '')),
    });
    return topic;
  }
}

const watchedQueues = (): AlarmDefinition[] =>
  QUEUES.filter(({ watched }) => watched).map(({ id, purpose }) => ({
    id: `NotEmpty-${id}`,
    description: purpose,
    metric: queueMetric(queueName(id), 'ApproximateNumberOfMessagesVisible'),
    above: 0,
  }));

/** A consumer that falls behind stops gates, timers or orders without an error anywhere. */
const streamConsumers = (): AlarmDefinition[] =>
  FUNCTIONS.filter(({ triggers }) => triggers.some(({ kind }) => kind === 'stream')).map(
    ({ id, purpose }) => ({
      id: `Behind-${id.replaceAll('/', '-')}`,
      description: `${purpose}: five minutes behind its stream`,
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: functionName(id) },
        statistic: Stats.MAXIMUM,
        period: FIVE_MINUTES,
      }),
      above: FIVE_MINUTES.toMilliseconds(),
    }),
  );

/** What the sweeper and redelivery find should not be: each finding was lost somewhere before. */
const findings = (): AlarmDefinition[] => {
  const found = (metricName: string, service = 'sweeper/sweep') =>
    new Metric({
      namespace: 'Milepost',
      metricName,
      dimensionsMap: { service },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
    });
  return [
    {
      id: 'SweeperReports',
      description: 'Orders, waits and executions do not agree, and a supervisor has a notice of each',
      metric: found('SweeperReports'),
      above: 0,
    },
    {
      id: 'SweeperRepairs',
      description: 'The sweeper puts right more than now and then: something loses work',
      metric: found('SweeperRepairs'),
      above: 10,
    },
    {
      id: 'NotDelivered',
      description:
        'What was given up on its way is not taken or is gone: supervisors have notices, or it stays in its queue',
      metric: found('NotDelivered', 'undelivered/redeliver'),
      above: 0,
    },
    {
      id: 'UnmatchedEvents',
      description: 'Events came from outside a day ago, and no flow has waited for them',
      metric: found('UnmatchedEvents'),
      above: 0,
    },
  ];
};

const intakeAge = (): AlarmDefinition => ({
  id: 'IntakeWaits',
  description: 'Accepted orders wait for more than 15 minutes to be started',
  metric: queueMetric(queueName('intake'), 'ApproximateAgeOfOldestMessage'),
  above: Duration.minutes(15).toSeconds(),
});

/** One alarm for all functions of the account and region; business rejections are errors too, hence the number. */
const lambdaErrors = (): AlarmDefinition => ({
  id: 'FunctionErrors',
  description: 'Functions fail far more often than underlying systems reject or time out on a normal day',
  metric: new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'Errors',
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  }),
  above: 100,
  periods: 3,
});

const apiErrors = (apiId: string): AlarmDefinition => ({
  id: 'ApiErrors',
  description: 'The API answers 5xx',
  metric: new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: '5xx',
    dimensionsMap: { ApiId: apiId },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  }),
  above: 5,
});

/** Customer care is told when a message cannot be sent; this is when not even that worked. */
const correspondenceFailures = (): AlarmDefinition => {
  const ended = (metricName: string) =>
    new Metric({
      namespace: 'AWS/States',
      metricName,
      dimensionsMap: { StateMachineArn: CORRESPONDENCE_ARN },
      statistic: Stats.SUM,
    });
  return {
    id: 'CorrespondenceFailed',
    description: 'Customers were not told, and customer care does not know',
    metric: new MathExpression({
      expression: 'FILL(failed, 0) + FILL(late, 0)',
      usingMetrics: { failed: ended('ExecutionsFailed'), late: ended('ExecutionsTimedOut') },
      period: FIVE_MINUTES,
    }),
    above: 0,
  };
};

const queueMetric = (queue: string, metricName: string) =>
  new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: queue },
    statistic: Stats.MAXIMUM,
    period: FIVE_MINUTES,
  });
