import type { IsoDuration } from '#shared/domain/duration.ts';
import { InvalidRequest, TechnicalError } from '#shared/domain/errors.ts';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { projectOrderState } from '#shared/steps/order-state.ts';
import { messageDue } from '#shared/steps/step-status.ts';
import { moveSuborder } from '#shared/steps/suborder-state.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { MILEPOST } from '#shared/store/history.ts';
import type { Wait, WorkItem } from '#shared/store/records.ts';
import { getSteps } from '#shared/store/suborders.ts';
import { readWorkItem, writeWorkItem } from '#shared/store/work-items.ts';
import type { Employee } from './employee.ts';
import { workItemHistory } from './history.ts';
import { ask, unanswered } from './lifecycle.ts';
import { changeWorkItem, loadFor } from './load.ts';
import { answerable, answerBy, type Question, remindersUntil } from './question.ts';

/** What a person has the customer asked. */
export interface Asking {
  readonly reason: string;
  readonly question: string;
  /** Names of inputs that the answer may correct; all that it can, unless told. */
  readonly fields?: readonly string[] | undefined;
  readonly within?: IsoDuration | undefined;
}

/**
 * Has the customer asked about a failed step: the work item waits for the answer, the customer gets a message, and
 * reminders. Who does not answer in time is called by customer care.
 * @throws InvalidRequest for fields that an answer cannot correct; StateConflict as for any change of a work item
 */
export async function askCustomer(
  deps: Dependencies,
  employee: Employee,
  id: string,
  { reason, question: text, fields, within }: Asking,
  assertPossible: (item: WorkItem) => void,
): Promise<WorkItem> {
  const { order, suborder, task, question: before } = await loadFor(deps, employee, id);
  const possible = answerable(task, await getSteps(deps, order, suborder));
  const wrong = (fields ?? []).filter((field) => !possible.includes(field));
  if (wrong.length > 0)
    throw new InvalidRequest(
      wrong.map((field) => ({ pointer: '/fields', message: `${field} cannot be corrected by an answer` })),
    );
  const now = deps.now();
  const question: Question = {
    text,
    fields: [...(fields ?? possible)],
    askedAt: now.toISOString(),
    until: answerBy(now, within),
    asked: (before?.asked ?? 0) + 1,
  };
  const asked = await changeWorkItem(
    deps,
    employee,
    id,
    { what: 'ASK_CUSTOMER', why: reason, details: { question: text, until: question.until } },
    (item, at) => {
      assertPossible(item);
      return ask(item, employee.sub, question, at);
    },
    { also: (item) => [waitAsks(item, question, now), tellsCustomer(item, 'ACTION_REQUIRED')] },
  );
  await moveTwice(deps, order, suborder, 'held', 'pending');
  return asked;
}

/** The write that has the wait of a failed step keep the customer's time; refused when nothing waits any more. */
const waitAsks = ({ order, wait, workItem }: WorkItem, question: Question, now: Date): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: 'SET #question = :question, #reminders = :reminders',
    ConditionExpression: '#status = :open AND attribute_not_exists(#outcome)',
    ExpressionAttributeNames: {
      '#question': 'question',
      '#reminders': 'reminders',
      '#status': 'status',
      '#outcome': 'outcome',
    },
    ExpressionAttributeValues: {
      ':question': { workItem, until: question.until },
      ':reminders': remindersUntil(question, now),
      ':open': 'open',
    },
  },
});

/** The write that tells the customer something about a failed step. */
export const tellsCustomer = (item: WorkItem, template: MessageTemplate): TransactItem =>
  messageDue(item, template, ['fallout']);

const ATTEMPTS = 5;

/** The customer has not answered in time: customer care sees to it. Safe to repeat. */
export async function giveUpAsking(
  deps: Dependencies,
  { order, suborder, wait, question }: Pick<Wait, 'order' | 'suborder' | 'wait' | 'question'>,
): Promise<void> {
  if (!question) return;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await readWorkItem(deps, question.workItem);
    const now = deps.now();
    const open = item?.state === 'asked' ? unanswered(item, now) : undefined;
    const refused = await writeTogether(deps, [
      waitAskedEnough(order, wait, question.until),
      ...(open
        ? [
            writeWorkItem(open),
            workItemHistory(open, { what: 'NO_ANSWER', by: MILEPOST, at: now.toISOString() }),
          ]
        : []),
    ]);
    if (!refused && open) await moveTwice(deps, order, suborder, 'pending', 'held');
    if (!refused || refused.includes(WAIT)) return;
  }
  throw new TechnicalError('Conflict', `Others kept writing the work item of ${order} ${wait}`);
}

/** Where the wait stands among the writes that give up. */
const WAIT = 0;

const waitAskedEnough = (order: string, wait: string, until: string): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: 'REMOVE #question, #reminders',
    ConditionExpression: '#question.#until = :until AND attribute_not_exists(#outcome)',
    ExpressionAttributeNames: {
      '#question': 'question',
      '#until': 'until',
      '#reminders': 'reminders',
      '#outcome': 'outcome',
    },
    ExpressionAttributeValues: { ':until': until },
  },
});

/** TMF622 lets a suborder go between `held` and `pending` by way of `inProgress` only. */
async function moveTwice(
  deps: Dependencies,
  order: string,
  suborder: string,
  from: 'held' | 'pending',
  to: 'held' | 'pending',
): Promise<void> {
  await writeTogether(deps, [moveSuborder(order, suborder, [from], 'inProgress')]);
  await writeTogether(deps, [moveSuborder(order, suborder, ['inProgress'], to)]);
  await projectOrderState(deps, order);
}
