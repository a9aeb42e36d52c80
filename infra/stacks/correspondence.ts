import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { FlowMachine } from '../constructs/flow-machine.ts';
import { linkCorrespondence } from '../definitions.ts';
import { CORRESPONDENCE_NAME, CORRESPONDENCE_RULE, stateMachineLogs } from '../names.ts';
import { FunctionsStack, type FunctionsStackProps } from './functions.ts';

/** Stateless: customers are told what domain events say, beside the flows and never in their way. */
export class CorrespondenceStack extends FunctionsStack {
  constructor(scope: Construct, id: string, props: FunctionsStackProps) {
    super(scope, id, props);
    const { platform } = props;
    const { machine } = new FlowMachine(this, 'Correspondence', {
      name: CORRESPONDENCE_NAME,
      comment: 'Tells the customer what an event says',
      linked: linkCorrespondence(),
      queue: (queue) => platform.queue(queue),
      logGroup: new LogGroup(this, 'Log', {
        logGroupName: stateMachineLogs('correspondence'),
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
      type: StateMachineType.EXPRESS,
    });
    const role = new Role(this, 'RuleRole', {
      description: 'EventBridge: starts correspondence',
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      inlinePolicies: {
        Start: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['states:StartExecution'], resources: [machine.stateMachineArn] }),
          ],
        }),
      },
    });
    new CfnRule(this, 'Tell', {
      name: CORRESPONDENCE_RULE,
      description: 'An event says that the customer is to be told',
      eventBusName: platform.bus.eventBusName,
      eventPattern: { detail: { tells: [{ exists: true }] } },
      targets: [
        {
          id: 'Correspondence',
          arn: machine.stateMachineArn,
          roleArn: role.roleArn,
          deadLetterConfig: { arn: platform.queue('undelivered-events').queueArn },
        },
      ],
    });
  }
}
