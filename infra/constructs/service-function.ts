import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  EventSourceMapping,
  FilterCriteria,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  StartingPosition,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionDefinition, Trigger } from '../functions.ts';
import { functionName } from '../names.ts';
import { environment, statements, streamArn, traces } from '../permissions.ts';
import type { Platform } from '../platform.ts';

/** Longer than most incidents take to be looked at; progress itself is in the tables. */
const LOG_RETENTION = RetentionDays.ONE_MONTH;

/** A record is tried for this long before its position goes to the queue of undelivered events (streams keep 24 h). */
const MAX_RECORD_AGE = Duration.hours(12);
const RECORD_RETRIES = 50;
/** Lambda works on this many orders of a shard at a time; the records of one order stay in order. */
const PARALLEL_PER_SHARD = 10;

interface ServiceFunctionProps {
  readonly definition: FunctionDefinition;
  readonly platform: Platform;
  /** Folder with `index.mjs`. */
  readonly code: string;
}

/** A function of the product with a role of its own, its log group and what feeds it, all from its definition. */
export class ServiceFunction extends Construct {
  readonly definition: FunctionDefinition;
  readonly lambda: LambdaFunction;

  constructor(scope: Construct, { definition, platform, code }: ServiceFunctionProps) {
    super(scope, definition.id.replaceAll('/', '-'));
    this.definition = definition;
    const logGroup = new LogGroup(this, 'Log', {
      retention: LOG_RETENTION,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `${definition.id}: ${definition.purpose}`,
      inlinePolicies: {
        Allowed: new PolicyDocument({
          minimize: true,
          statements: [
            new PolicyStatement({
              sid: 'Log',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            traces(),
            ...statements(definition, platform),
          ],
        }),
      },
    });
    this.lambda = new LambdaFunction(this, 'Function', {
      functionName: functionName(definition.id),
      description: definition.purpose,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      timeout: Duration.seconds(definition.timeoutSeconds),
      memorySize: definition.memoryMegabytes,
      environment: environment(definition, platform),
      // Constructs that are given the function may not widen what it may do.
      role: role.withoutPolicyUpdates(),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      systemLogLevelV2: SystemLogLevel.WARN,
      tracing: Tracing.ACTIVE,
      // Only what the scheduler wakes is invoked without anybody who waits for the answer.
      ...(definition.may.wakesItself && { deadLetterQueue: platform.queue('undelivered-events') }),
    });
    for (const trigger of definition.triggers) this.#feed(trigger, platform);
  }

  #schedule(minutes: number): void {
    const rule = new CfnRule(this, 'Schedule', {
      name: `${functionName(this.definition.id)}-schedule`,
      description: this.definition.purpose,
      scheduleExpression: `rate(${minutes} minutes)`,
      targets: [{ id: 'Function', arn: this.lambda.functionArn }],
    });
    this.lambda.addPermission('Schedule', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.attrArn,
    });
  }

  #feed(trigger: Trigger, platform: Platform): void {
    const target = this.lambda;
    if (trigger.kind === 'queue')
      new EventSourceMapping(this, `Queue-${trigger.queue}`, {
        target,
        eventSourceArn: platform.queue(trigger.queue).queueArn,
        batchSize: trigger.batchSize,
        reportBatchItemFailures: true,
        ...(trigger.maximumConcurrency && { maxConcurrency: trigger.maximumConcurrency }),
      });
    if (trigger.kind === 'schedule') this.#schedule(trigger.everyMinutes);
    if (trigger.kind === 'stream')
      new EventSourceMapping(this, `Stream-${trigger.table}`, {
        target,
        eventSourceArn: streamArn(platform, trigger.table, this.definition.id),
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: trigger.batchSize,
        parallelizationFactor: PARALLEL_PER_SHARD,
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        retryAttempts: RECORD_RETRIES,
        maxRecordAge: MAX_RECORD_AGE,
        onFailure: new SqsDlq(platform.queue('undelivered-events')),
        ...(trigger.filters && {
          filters: trigger.filters.map((pattern) => FilterCriteria.filter({ ...pattern })),
        }),
      });
  }
}
