import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder } from '#shared/store/records.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { suborderKey } from './completion.ts';
import type { Dependencies } from './dependencies.ts';

export interface StartDependencies extends Dependencies {
  readonly stepFunctions: Pick<SFNClient, 'send'>;
}

/** The name of a flow's state machine; its ARN is `FLOW_ARN_PREFIX` and the flow's id with underscores for dots. */
export function flowArn(flow: string): string {
  const prefix = process.env.FLOW_ARN_PREFIX;
  if (!prefix) throw new Error('The environment variable FLOW_ARN_PREFIX is not set');
  return prefix + flow.replaceAll('.', '_');
}

/** An execution's name: the order's for order management, else order and suborder, and which one it is when it began again. */
export const executionName = ({
  order,
  suborder,
  restarts,
}: Pick<Suborder, 'order' | 'suborder' | 'restarts'>): string =>
  [order, ...(suborder === MANAGEMENT ? [] : [suborder]), ...(restarts ? [restarts + 1] : [])].join('-');

/**
 * Starts the execution of a suborder. Starting twice is harmless: the execution's name is the suborder's number, and
 * Step Functions refuses a name for 90 days after its execution has ended.
 */
export async function startSuborder(deps: StartDependencies, work: Suborder): Promise<void> {
  const { order, suborder, flow, flags } = work;
  try {
    await deps.stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: flowArn(flow),
        name: executionName(work),
        input: JSON.stringify({ order, suborder, flags }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
  await markStarted(deps, order, suborder);
}

async function markStarted(deps: Dependencies, order: string, suborder: string): Promise<void> {
  await unlessRefused(
    deps.documents.send(
      new UpdateCommand({
        TableName: tableName('suborders'),
        Key: suborderKey(order, suborder),
        UpdateExpression: 'SET #state = :inProgress, #startedAt = :now',
        ConditionExpression: '#state = :acknowledged',
        ExpressionAttributeNames: { '#state': 'state', '#startedAt': 'startedAt' },
        ExpressionAttributeValues: {
          ':inProgress': 'inProgress',
          ':acknowledged': 'acknowledged',
          ':now': deps.now().toISOString(),
        },
      }),
    ),
  );
}
