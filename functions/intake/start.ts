import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { NotFound } from '#shared/domain/errors.ts';
import type { Flags } from '#shared/domain/flags.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { suborderKey } from '#shared/steps/completion.ts';
import { documentClient, tableName } from '#shared/store/client.ts';
import { loadOrder } from '#shared/store/orders.ts';
import type { Suborder } from '#shared/store/records.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import { manage } from '#state-machines/order-management.ts';
import { plannedPath, pointsOfNoReturn } from '#state-machines/planning/path.ts';
import { withdrawalEnds } from '#state-machines/planning/withdrawal.ts';

export interface StartDependencies {
  readonly client: DynamoDBDocumentClient;
  readonly stepFunctions: Pick<SFNClient, 'send'>;
  readonly stateMachineArn: string;
  readonly now: () => Date;
}

const messageSchema = z.object({ order: z.string() });

/**
 * Starts order management for one order of the intake queue: keeps suborder `00`, then starts the execution, whose
 * name is the order number. A message that comes twice finds both done.
 * @throws NotFound when the order does not exist; any other error leaves the message for another try
 */
export async function startOrder(deps: StartDependencies, message: string): Promise<void> {
  const { order } = messageSchema.parse(JSON.parse(message));
  const stored = await loadOrder(deps.client, order);
  if (!stored) throw new NotFound('Order', order);
  const ends = withdrawalEnds(orderFacts(stored.document));
  const flags: Flags = {
    newContract: stored.header.newContract ?? true,
    withdrawalWait: ends !== undefined,
  };
  const path = plannedPath(manage, flags);
  const record: Suborder = {
    ...suborderKey(order, MANAGEMENT),
    suborder: MANAGEMENT,
    flow: manage.id,
    state: 'inProgress',
    flags,
    facts: ends === undefined ? {} : { withdrawalEnds: ends },
    milestones: {},
    opens: {},
    siblings: {},
    steps: path.steps.length,
    noReturn: pointsOfNoReturn(path),
    done: 0,
    startedAt: deps.now().toISOString(),
  };
  if (!(await keepOnce(deps.client, record))) return;
  await startOnce(deps, order, { order, suborder: MANAGEMENT, flags });
}

/** @returns false when the order was cancelled before it was started */
async function keepOnce(client: DynamoDBDocumentClient, record: Suborder): Promise<boolean> {
  try {
    await client.send(
      new PutCommand({
        TableName: tableName('suborders'),
        Item: record,
        ConditionExpression: 'attribute_not_exists(sk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return error.Item?.ends === undefined;
  }
}

async function startOnce(deps: StartDependencies, order: string, input: unknown): Promise<void> {
  const { stepFunctions, stateMachineArn } = deps;
  try {
    await stepFunctions.send(
      new StartExecutionCommand({ stateMachineArn, name: order, input: JSON.stringify(input) }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}

/** A batch of the intake queue; messages that failed are reported one by one and come again. */
export const startOrders = (deps: StartDependencies) => (event: SQSEvent, context: Context) =>
  processPartialResponse(
    event,
    ({ body }: SQSRecord) => startOrder(deps, body),
    new BatchProcessor(EventType.SQS),
    { context, throwOnFullBatchFailure: false },
  );

const client = documentClient();
const stepFunctions = new SFNClient();

export const handler = (event: SQSEvent, context: Context) => {
  const stateMachineArn = process.env.ORDER_MANAGEMENT_ARN;
  if (!stateMachineArn) throw new Error('The environment variable ORDER_MANAGEMENT_ARN is not set');
  return startOrders({ client, stepFunctions, stateMachineArn, now: () => new Date() })(event, context);
};
