import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { tableName } from '#shared/store/client.ts';
import type { Outcome, Suborder } from '#shared/store/records.ts';

/** One write of a DynamoDB transaction (at most 100 of them, 4 MB). */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Which run of which step. */
export interface StepRun {
  readonly step: string;
  readonly task: string;
  readonly run: number;
}

/** How a step ended: what it found out, who did it, and what that means for others. */
export interface Completion {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly reaches?: Milestone | undefined;
  readonly tells?: MessageTemplate | undefined;
  readonly at: string;
}

export const suborderKey = (order: string, suborder: string) => ({ order, sk: `SUBORDER#${suborder}` });

export const stepKey = (order: string, suborder: string, step: string) => ({
  order,
  sk: `STEP#${suborder}#${step}`,
});

/** Key of the wait of a step; at most one of each kind is open at a time. */
export const waitId = (suborder: string, step: string, kind: string) => `${suborder}#${step}#${kind}`;

/**
 * The writes that complete a step, for one transaction: the step's record (refused when this run is recorded
 * already), the suborder's milestone and progress, and the gates of other suborders that the milestone opens.
 */
export function completionItems(suborder: Suborder, run: StepRun, completion: Completion): TransactItem[] {
  const { order } = suborder;
  const { reaches, tells, at, by, outputs } = completion;
  const opened = reaches ? (suborder.opens[reaches] ?? []) : [];
  return [
    {
      Put: {
        TableName: tableName('suborders'),
        Item: {
          ...stepKey(order, suborder.suborder, run.step),
          suborder: suborder.suborder,
          step: run.step,
          task: run.task,
          run: run.run,
          status: 'done',
          outputs,
          by,
          tells,
          reaches,
          at,
        },
        ConditionExpression: 'attribute_not_exists(sk) OR #run < :run OR #status IN (:waiting, :fallout)',
        ExpressionAttributeNames: { '#run': 'run', '#status': 'status' },
        ExpressionAttributeValues: { ':run': run.run, ':waiting': 'waiting', ':fallout': 'fallout' },
      },
    },
    {
      Update: {
        TableName: tableName('suborders'),
        Key: suborderKey(order, suborder.suborder),
        UpdateExpression: reaches ? 'ADD #done :one SET #milestones.#reached = :at' : 'ADD #done :one',
        ExpressionAttributeNames: {
          '#done': 'done',
          ...(reaches && { '#milestones': 'milestones', '#reached': reaches }),
        },
        ExpressionAttributeValues: { ':one': 1, ...(reaches && { ':at': at }) },
      },
    },
    ...opened.map(({ wait, entry }) => openGate(order, wait, entry)),
  ];
}

/** Takes one entry out of what a gate still waits for. */
export const openGate = (order: string, wait: string, entry: string): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: 'DELETE #pending :entry',
    ExpressionAttributeNames: { '#pending': 'pending' },
    ExpressionAttributeValues: { ':entry': new Set([entry]) },
  },
});

/** Gives an open wait its outcome; the stream's consumer then answers the token. Refused when it has one already. */
export const answerWait = (order: string, wait: string, outcome: Outcome): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: 'SET #outcome = :outcome',
    ConditionExpression: '#status = :open AND attribute_not_exists(#outcome)',
    ExpressionAttributeNames: { '#outcome': 'outcome', '#status': 'status' },
    ExpressionAttributeValues: { ':outcome': outcome, ':open': 'open' },
  },
});
