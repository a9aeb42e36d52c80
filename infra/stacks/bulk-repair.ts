import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { FlowMachine } from '../constructs/flow-machine.ts';
import { linkBulkRepair } from '../definitions.ts';
import { BULK_REPAIR_NAME, stateMachineLogs } from '../names.ts';
import type { Platform } from '../platform.ts';

/** Stateless: the state machine that repairs many failed steps. */
export class BulkRepairStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { platform, ...props }: StackProps & { readonly platform: Platform },
  ) {
    super(scope, id, { ...props, description: 'Milepost: bulk repair' });
    new FlowMachine(this, 'BulkRepair', {
      name: BULK_REPAIR_NAME,
      comment: 'Repairs many failed steps',
      linked: linkBulkRepair(),
      queue: (queue) => platform.queue(queue),
      logGroup: new LogGroup(this, 'Log', {
        logGroupName: stateMachineLogs('bulk-repair'),
        retention: RetentionDays.THREE_MONTHS,
        removalPolicy: RemovalPolicy.DESTROY,
      }),
    });
  }
}
