import { Aws, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRule, EventBus } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { MessageQueue } from '../constructs/message-queue.ts';
import { FUNCTIONS } from '../functions.ts';
import { BUS_NAME, BUS_RULES, FLOW_ARN_PREFIX, functionArn, queueName, TIMER_GROUP } from '../names.ts';
import { QUEUES, type QueueId } from '../queues.ts';

/** Stateful: queues, the event bus, and the timers that are set. */
export class MessagingStack extends Stack {
  readonly bus: EventBus;
  readonly timerRole: IRole;
  readonly #queues = new Map<QueueId, MessageQueue>();

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, {
      ...props,
      description: 'Milepost: queues, events, timers',
      terminationProtection: true,
    });
    for (const { id: queueId, deadLetters } of QUEUES)
      this.#queues.set(
        queueId,
        new MessageQueue(this, `Queue-${queueId}`, {
          queueName: queueName(queueId),
          deadLetters: deadLetters && this.queue(deadLetters),
        }),
      );
    this.bus = new EventBus(this, 'Bus', { eventBusName: BUS_NAME });
    this.#acceptUndeliveredEvents();
    this.#collectFailedExecutions();
    new CfnScheduleGroup(this, 'Timers', { name: TIMER_GROUP });
    this.timerRole = this.#timerRole();
  }

  /** @throws Error when there is no such queue */
  queue(id: QueueId): IQueue {
    return this.#own(id);
  }

  #own(id: QueueId): MessageQueue {
    const queue = this.#queues.get(id);
    if (!queue) throw new Error(`There is no queue ${id}, or none yet`);
    return queue;
  }

  /** The rules on the bus leave here what their target does not take. */
  #acceptUndeliveredEvents(): void {
    this.#own('undelivered-events').addToResourcePolicy(
      fromEventBridge(this.queue('undelivered-events'), BUS_RULES),
    );
  }

  /**
   * No flow should end any other way than well: what failed is fallout. One that does is kept for operations. (Express
   * workflows send no such events; correspondence has an alarm instead.)
   */
  #collectFailedExecutions(): void {
    const target = this.#own('failed-executions');
    const rule = new CfnRule(this, 'ExecutionFailed', {
      description: 'A flow failed, timed out or was aborted',
      eventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [{ prefix: FLOW_ARN_PREFIX }],
        },
      },
      targets: [
        {
          id: 'Queue',
          arn: target.queueArn,
          deadLetterConfig: { arn: this.queue('undelivered-events').queueArn },
        },
      ],
    });
    target.addToResourcePolicy(fromEventBridge(target, rule.attrArn));
    this.#own('undelivered-events').addToResourcePolicy(
      fromEventBridge(this.queue('undelivered-events'), rule.attrArn),
    );
  }

  /** What the scheduler wakes waits as: it may call those that have themselves woken. */
  #timerRole(): IRole {
    return new Role(this, 'TimerRole', {
      description: 'EventBridge Scheduler: wakes a wait whose time has come',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: {
        Wake: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: WOKEN.map(functionArn),
            }),
          ],
        }),
      },
    });
  }
}

/** The functions that have themselves woken. */
const WOKEN = FUNCTIONS.filter(({ may }) => may.wakesItself).map(({ id }) => id);

const fromEventBridge = (queue: IQueue, rules: string): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnLike: { 'aws:SourceArn': rules } },
  });
