import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { workingDaysEarlier } from '#shared/domain/calendar.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { tableName } from '#shared/store/client.ts';
import type { Outcome, Suborder } from '#shared/store/records.ts';
import { ENDS, NOT_ENDING } from './ending.ts';
import { passedBy } from './no-return.ts';

/** One write of a DynamoDB transaction (at most 100 of them, 4 MB). */
export type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Leaves room for the step itself and what completes it among the 100 writes of a transaction. */
const GATES_WITH_STEP = 90;

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
  /** The earlier step whose effect it has taken back. */
  readonly takesBack?: string | undefined;
  readonly at: string;
  /** `skipped` when it was left out: for others it counts as reached. Default `done`. */
  readonly status?: 'done' | 'skipped';
}

export const suborderKey = (order: string, suborder: string) => ({ order, sk: `SUBORDER#${suborder}` });

export const stepKey = (order: string, suborder: string, step: string) => ({
  order,
  sk: `STEP#${suborder}#${step}`,
});

/** Key of the wait of a step; at most one of each kind is open at a time. */
export const waitId = (suborder: string, step: string, kind: string) => `${suborder}#${step}#${kind}`;

/** Key of the wait that holds back a suborder until those that it relies on are complete. */
export const startWait = (suborder: string): string => waitId(suborder, 'start', 'start');

/**
 * The writes that complete a step, for one transaction: the step's record (refused when this run is recorded
 * already), the suborder's milestone and progress (refused when items were added meanwhile that wait for it), and the
 * gates of other suborders that the milestone opens.
 */
export function completionItems(suborder: Suborder, run: StepRun, completion: Completion): TransactItem[] {
  const { order } = suborder;
  const { reaches, tells, takesBack, at, by, outputs } = completion;
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
          status: completion.status ?? 'done',
          outputs,
          by,
          tells,
          reaches,
          takesBack,
          at,
        },
        ConditionExpression:
          'attribute_not_exists(sk) OR #run < :run OR #status IN (:waiting, :fallout, :obsolete)',
        ExpressionAttributeNames: { '#run': 'run', '#status': 'status' },
        ExpressionAttributeValues: {
          ':run': run.run,
          ':waiting': 'waiting',
          ':fallout': 'fallout',
          ':obsolete': 'obsolete',
        },
      },
    },
    progress(suborder, run.step, completion),
    ...gatesOpenedBy(suborder, reaches, outputs).slice(0, GATES_WITH_STEP),
  ];
}

/**
 * The gates that a milestone opens beyond those that fit into the step's transaction (an order of a hundred items
 * behind one line). Opening them again changes nothing, so whoever completes the step opens them where a
 * repetition is certain: a system step before it is recorded, a wait before it is resumed.
 */
export const remainingGates = (
  suborder: Suborder,
  { reaches, outputs }: Pick<Completion, 'reaches' | 'outputs'>,
): TransactItem[] => gatesOpenedBy(suborder, reaches, outputs).slice(GATES_WITH_STEP);

/** The suborder's progress; `COMPLETE` ends it, and a point of no return is passed. */
function progress(suborder: Suborder, step: string, { reaches, at, status }: Completion): TransactItem {
  const ends = reaches === 'COMPLETE';
  const { linked } = suborder;
  const passed = status === 'skipped' ? undefined : passedBy(suborder, step);
  const sets = [
    ...(reaches ? ['#milestones.#reached = :at'] : []),
    ...(ends ? ['#state = :completed, #endedAt = :at'] : []),
    ...(passed ? ['#passed = if_not_exists(#passed, :step)'] : []),
  ];
  const conditions = [
    ...(reaches ? [isLinked(linked)] : []),
    // A cancellation that was accepted meanwhile stays accepted.
    ...(ends ? [NOT_ENDING] : []),
  ];
  return {
    Update: {
      TableName: tableName('suborders'),
      Key: suborderKey(suborder.order, suborder.suborder),
      UpdateExpression: `ADD #done :one${sets.length > 0 ? ` SET ${sets.join(', ')}` : ''}`,
      ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
      ExpressionAttributeNames: {
        '#done': 'done',
        ...(reaches && { '#milestones': 'milestones', '#reached': reaches, '#linked': 'linked' }),
        ...(ends && { '#state': 'state', '#endedAt': 'endedAt', ...ENDS }),
        ...(passed && { '#passed': passed }),
      },
      ExpressionAttributeValues: {
        ':one': 1,
        ...(reaches && { ':at': at, ...(linked !== undefined && { ':linked': linked }) }),
        ...(passed && { ':step': step }),
        ...(ends && {
          ':completed': 'completed',
        }),
      },
    },
  };
}

/** The condition that nothing was added since the suborder was read that waits for it. */
export const isLinked = (linked: Suborder['linked']): string =>
  linked === undefined ? 'attribute_not_exists(#linked)' : '#linked = :linked';

/** A suborder that is complete has also ended. */
const reachedWith = (milestone: Milestone): readonly Milestone[] =>
  milestone === 'COMPLETE' ? ['COMPLETE', 'ENDED'] : [milestone];

/** The date that a milestone carries: a gate may open some working days before it. */
const dateSchema = z.object({ confirmedDate: z.iso.datetime({ offset: true }).or(z.iso.date()) });

/** When a gate opens that does so some working days before the date among a step's outputs; undefined when there is none. */
export function opensOn(outputs: Readonly<Record<string, unknown>>, workingDaysBefore: number) {
  const { data: dated } = dateSchema.safeParse(outputs);
  return dated && workingDaysEarlier(new Date(dated.confirmedDate), workingDaysBefore).toISOString();
}

function gatesOpenedBy(
  suborder: Suborder,
  reaches: Milestone | undefined,
  outputs: Readonly<Record<string, unknown>>,
): TransactItem[] {
  if (!reaches) return [];
  const shifted = (days: number) => ({ notBefore: opensOn(outputs, days) });
  return reachedWith(reaches).flatMap((milestone) =>
    (suborder.opens[milestone] ?? []).map(({ wait, entry, workingDaysBefore }) =>
      openGate(
        suborder.order,
        wait,
        entry,
        workingDaysBefore === undefined ? undefined : shifted(workingDaysBefore),
      ),
    ),
  );
}

/**
 * Takes one entry out of what a gate still waits for.
 * @param shift for a gate that opens some days before a date: when that is; at once when there is no date
 */
export function openGate(
  order: string,
  wait: string,
  entry: string,
  shift?: { readonly notBefore: string | undefined },
): TransactItem {
  const { notBefore } = shift ?? {};
  const moved = notBefore ? ' SET #notBefore = :notBefore' : ' REMOVE #notBefore';
  return {
    Update: {
      TableName: tableName('waits'),
      Key: { order, wait },
      UpdateExpression: `DELETE #pending :entry${shift ? moved : ''}`,
      ExpressionAttributeNames: { '#pending': 'pending', ...(shift && { '#notBefore': 'notBefore' }) },
      ExpressionAttributeValues: {
        ':entry': new Set([entry]),
        ...(notBefore && { ':notBefore': notBefore }),
      },
    },
  };
}

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
