import type { Desk } from '#shared/domain/desks.ts';
import { StateConflict } from '#shared/domain/errors.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { isLive, listKeys } from '#shared/store/work-items.ts';

/** What the customer is asked. */
type Question = NonNullable<WorkItem['question']>;

/** How long a claim keeps others off; it can be claimed again before it ends. */
export const LEASE_MINUTES = 30;

/** What a person did with a work item. */
export type Result = NonNullable<WorkItem['result']>;

/** A work item on its desk, for this person until the lease ends. */
export function claim(item: WorkItem, by: string, now: Date): WorkItem {
  assertFree(item, by, now);
  const until = new Date(now.getTime() + LEASE_MINUTES * 60_000).toISOString();
  return next(item, { state: 'claimed' }, { by, until });
}

/** A work item back on its desk, for anybody. */
export function release(item: WorkItem, by: string, now: Date): WorkItem {
  assertFree(item, by, now);
  return item.state === 'open' ? item : next(item, { state: 'open' });
}

/** A work item on another desk, whose people read who sent it and why. */
export function moveTo(item: WorkItem, desk: Desk, why: { by: string; reason: string }, now: Date): WorkItem {
  assertFree(item, why.by, now);
  const reassigned = { ...why, from: item.desk, at: now.toISOString() };
  return next(item, { desk, state: 'open', context: { ...item.context, reassigned } });
}

/** A work item that waits for what the customer answers. */
export function ask(item: WorkItem, by: string, question: Question, now: Date): WorkItem {
  assertFree(item, by, now);
  return next(item, { state: 'asked', desk: 'CUSTOMER_CARE', question, dueAt: question.until });
}

/** How soon customer care calls a customer who has not answered. */
const CALL_WITHIN_HOURS = 4;

/** A work item whose question was not answered in time. */
export const unanswered = (item: WorkItem, now: Date): WorkItem =>
  next(item, {
    state: 'open',
    openedAt: now.toISOString(),
    dueAt: new Date(now.getTime() + CALL_WITHIN_HOURS * 3_600_000).toISOString(),
  });

/** A work item that is done. */
export function finish(item: WorkItem, result: Result, now: Date): WorkItem {
  assertFree(item, result.by, now);
  return next(item, { state: 'done', result });
}

/**
 * A work item as a newer attempt of its state leaves it: on its desk still, with whoever holds it; or back on it
 * when it was finished before, with what came of it then in its context.
 */
export function reopen(before: WorkItem, opened: WorkItem): WorkItem {
  const { version, state, desk, openedAt, dueAt, claim: held, result, question } = before;
  if (isLive(state))
    return next(
      { ...opened, version, state, desk, openedAt, dueAt, ...(question && { question }) },
      {},
      held,
    );
  const context = result ? { ...opened.context, earlier: result } : opened.context;
  return next({ ...opened, version }, { context });
}

/**
 * @throws StateConflict `ALREADY_DONE` or `CLOSED` when nothing is left to do, `CLAIMED` while somebody else's
 * claim lasts
 */
export function assertFree(item: WorkItem, by: string, now: Date): void {
  const { workItem, state, claim: held, result } = item;
  if (state === 'done')
    throw new StateConflict('ALREADY_DONE', `Work item ${workItem} is done: ${result?.action ?? 'COMPLETE'}`);
  if (state === 'closed')
    throw new StateConflict(
      'CLOSED',
      `Work item ${workItem} was closed: ${result?.note ?? 'not needed any more'}`,
    );
  if (held && held.by !== by && Date.parse(held.until) > now.getTime())
    throw new StateConflict('CLAIMED', `Work item ${workItem} is claimed by ${held.by} until ${held.until}`);
}

type Change = Partial<
  Pick<WorkItem, 'state' | 'desk' | 'result' | 'context' | 'question' | 'openedAt' | 'dueAt'>
>;

/** The next version; without a claim unless it is given one, and listed where it belongs now. */
function next(item: WorkItem, change: Change, claimed?: WorkItem['claim']): WorkItem {
  const {
    claim: _claim,
    deskState: _deskState,
    falloutDesk: _falloutDesk,
    falloutKey: _falloutKey,
    ...kept
  } = item;
  const after = { ...kept, ...change, version: item.version + 1 };
  return { ...after, ...listKeys(after), ...(claimed && { claim: claimed }) };
}
