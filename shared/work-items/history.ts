import type { z } from 'zod';
import type { TransactItem } from '#shared/steps/completion.ts';
import { attemptKey, type attemptSchema } from '#shared/steps/waits.ts';
import { historyItem, MILEPOST, type NewEntry } from '#shared/store/history.ts';
import type { WorkItem } from '#shared/store/records.ts';

/** What somebody did with a work item. */
export type Deed = Pick<NewEntry, 'what' | 'by' | 'at'> &
  Partial<Pick<NewEntry, 'why' | 'details' | 'bulkRepair'>>;

/** The entry of an order's history that tells which deed led to this version of a work item. */
export const workItemHistory = (item: WorkItem, deed: Deed): TransactItem => {
  const { order, suborder, step, task, workItem, version } = item;
  const id = `${suborder}#${step}#${workItem}#${String(version).padStart(4, '0')}`;
  return historyItem({
    subject: order,
    suborder,
    step,
    task,
    workItem,
    id,
    ...deed,
  });
};

/** Which step of an order failed, and in which attempt of its repair that is told. */
interface FailedAttempt {
  readonly order: string;
  readonly suborder: string;
  readonly step: string;
  readonly task: string;
  readonly attempt: z.output<typeof attemptSchema>;
}

/** What went wrong, and what follows from it: a desk, or the action of a rule. */
interface FailureWithRule {
  readonly error: string;
  readonly cause: string;
  readonly attempts?: number | undefined;
  readonly undo?: string | undefined;
  readonly routedTo: string;
  readonly workItem?: string;
}

/** The entry of an order's history that tells that a step failed, and what was done about it. */
export const failureHistory = (
  failed: FailedAttempt,
  { error, cause, attempts, undo, routedTo, workItem }: FailureWithRule,
): TransactItem =>
  attemptHistory(failed, {
    what: undo === undefined ? 'STEP_FAILED' : 'UNDO_FAILED',
    why: cause === '' ? error : `${error}: ${cause}`,
    ...(workItem !== undefined && { workItem }),
    details: { error, routedTo, ...(attempts !== undefined && { attempts }) },
  });

/** The entry of an order's history that tells that a step may not begin, and what keeps it from that. */
export const heldHistory = (held: FailedAttempt, holds: readonly string[]): TransactItem =>
  attemptHistory(held, { what: 'STEP_HELD', why: holds.join(', '), details: { holds } });

/** The entry of what a rule made of an attempt; an attempt has one. */
const attemptHistory = (
  { order, suborder, step, task, attempt }: FailedAttempt,
  told: Pick<NewEntry, 'what' | 'why' | 'workItem' | 'details'>,
): TransactItem =>
  historyItem({
    subject: order,
    id: `${suborder}#${step}#${attemptKey(attempt)}`,
    at: new Date(attempt.enteredAt).toISOString(),
    by: MILEPOST,
    suborder,
    step,
    task,
    ...told,
  });
