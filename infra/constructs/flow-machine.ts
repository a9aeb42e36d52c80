import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, LogLevel, StateMachine, type StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { FUNCTIONS_PLACEHOLDER, type LinkedDefinition, queuePlaceholder } from '../definitions.ts';
import { FUNCTION_ARN_PREFIX, functionArn } from '../names.ts';
import { traces } from '../permissions.ts';
import type { QueueId } from '../queues.ts';

interface FlowMachineProps {
  readonly name: string;
  readonly comment: string;
  readonly linked: LinkedDefinition;
  readonly queue: (id: QueueId) => IQueue;
  readonly logGroup: ILogGroup;
  readonly type?: StateMachineType;
}

/** A state machine whose role may call exactly what its definition names. */
export class FlowMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, id: string, props: FlowMachineProps) {
    super(scope, id);
    const { definition, functions, queues } = props.linked;
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: props.comment,
      inlinePolicies: {
        Allowed: new PolicyDocument({
          minimize: true,
          statements: [
            new PolicyStatement({
              actions: ['lambda:InvokeFunction'],
              resources: functions.map(functionArn),
            }),
            ...(queues.length > 0
              ? [
                  new PolicyStatement({
                    actions: ['sqs:SendMessage'],
                    resources: queues.map((queue) => props.queue(queue).queueArn),
                  }),
                ]
              : []),
            logDelivery(),
            traces(),
          ],
        }),
      },
    });
    this.machine = new StateMachine(this, 'Machine', {
      stateMachineName: props.name,
      ...(props.type && { stateMachineType: props.type }),
      comment: props.comment,
      definitionBody: DefinitionBody.fromString(JSON.stringify(definition)),
      definitionSubstitutions: {
        [FUNCTIONS_PLACEHOLDER]: FUNCTION_ARN_PREFIX,
        ...Object.fromEntries(queues.map((queue) => [queuePlaceholder(queue), props.queue(queue).queueUrl])),
      },
      role: role.withoutPolicyUpdates(),
      // Inputs and outputs stay out of the log: outcomes can hold what people wrote.
      logs: { destination: props.logGroup, level: LogLevel.ERROR, includeExecutionData: false },
      tracingEnabled: true,
    });
  }
}

/** Step Functions sets its log delivery up itself; these actions know no resources. */
const logDelivery = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'LogDelivery',
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    resources: ['*'],
  });
