import { TechnicalError } from '#shared/domain/errors.ts';
import { tableName } from '#shared/store/client.ts';
import type { Outcome, Wait } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import { giveUpAsking } from '#shared/work-items/ask.ts';
import { answerWait, completionItems, type TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { openRemainingGates } from './record-step.ts';
import { FIRST_RUN } from './run-step.ts';
import { messageDue } from './step-status.ts';
import { writeTogether } from './transaction.ts';

interface Timed extends Dependencies {
  readonly wakeAt: (time: string, wait: Pick<Wait, 'order' | 'wait'>) => Promise<void>;
}

/**
 * Does what has become due while something is waited for: reminds the customer, or lets the deadline decide; otherwise
 * has the wait looked at again when the next of them is due. What it writes comes back by the stream of the waits, so
 * that one thing follows the other.
 */
export async function keepTime(deps: Timed, wait: Wait): Promise<void> {
  const { reminders = [], question, onDeadline, dueAt } = wait;
  const deadline = onDeadline && dueAt;
  const [next] = reminders;
  const now = deps.now().getTime();
  if (question && Date.parse(question.until) <= now) await giveUpAsking(deps, wait);
  else if (deadline && Date.parse(deadline) <= now) await meetDeadline(deps, wait, onDeadline);
  else if (next && Date.parse(next.at) <= now) await remind(deps, wait, next);
  else {
    const times = [
      ...(next ? [next.at] : []),
      ...(deadline ? [deadline] : []),
      ...(question ? [question.until] : []),
    ].sort();
    if (times[0]) await deps.wakeAt(times[0], wait);
  }
}

async function remind(
  deps: Dependencies,
  { order, wait, suborder, step, reminders = [] }: Wait,
  { tells }: NonNullable<Wait['reminders']>[number],
): Promise<void> {
  await writeTogether(deps, [
    {
      Update: {
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'SET #reminders = :left',
        ConditionExpression:
          '#status = :open AND attribute_not_exists(#outcome) AND size(#reminders) = :count',
        ExpressionAttributeNames: { '#reminders': 'reminders', '#status': 'status', '#outcome': 'outcome' },
        ExpressionAttributeValues: {
          ':left': reminders.slice(1),
          ':count': reminders.length,
          ':open': 'open',
        },
      },
    },
    messageDue({ order, suborder, step }, tells, ['waiting', 'fallout']),
  ]);
}

/** Nothing came in time: the step is done without, or is rejected. */
async function meetDeadline(deps: Dependencies, wait: Wait, outcome: Outcome): Promise<void> {
  const writes = 'result' in outcome ? await completes(deps, wait) : [];
  const refused = await writeTogether(deps, [answerWait(wait.order, wait.wait, outcome), ...writes]);
  if (refused && !refused.includes(WAIT))
    throw new TechnicalError('Conflict', `The suborder of ${wait.order} ${wait.wait} changed meanwhile`);
}

/** Where the wait stands among the writes that end it: when it is refused, it has its outcome. */
const WAIT = 0;

async function completes(
  deps: Dependencies,
  { order, suborder, step, completion }: Wait,
): Promise<TransactItem[]> {
  if (!completion) return [];
  const [row, record] = await Promise.all([
    getSuborder(deps, order, suborder),
    getStep(deps, order, suborder, step),
  ]);
  const { task, reaches, tells } = completion;
  const done = { outputs: {}, by: 'deadline', reaches, tells, at: deps.now().toISOString() };
  await openRemainingGates(deps, row, done);
  return completionItems(row, { step, task, run: record?.run ?? FIRST_RUN }, done);
}
