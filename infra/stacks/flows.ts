import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Flow } from '#state-machines/language/flow.ts';
import { FlowMachine } from '../constructs/flow-machine.ts';
import { linkFlow } from '../definitions.ts';
import { flowName, stateMachineLogs } from '../names.ts';
import type { Platform } from '../platform.ts';

interface FlowsStackProps extends StackProps {
  readonly group: string;
  readonly flows: readonly Flow[];
  readonly platform: Platform;
}

/** Stateless: the state machines of a group of products, with one log group. Running executions keep their definition. */
export class FlowsStack extends Stack {
  constructor(scope: Construct, id: string, { group, flows, platform, ...props }: FlowsStackProps) {
    super(scope, id, props);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: stateMachineLogs(`flows-${group}`),
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    for (const flow of flows)
      new FlowMachine(this, flow.id, {
        name: flowName(flow.id),
        comment: flow.title,
        linked: linkFlow(flow),
        queue: (queue) => platform.queue(queue),
        logGroup,
      });
  }
}
