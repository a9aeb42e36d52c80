import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import { isDone } from '#shared/steps/run-step.ts';
import type { StepRecord, Wait, WorkItem } from '#shared/store/records.ts';
import { correctable } from './correctable.ts';

/** How long a customer has to answer, unless whoever asks says otherwise. */
export const ANSWER_WITHIN: IsoDuration = 'P6D';
/** How often a customer is asked about one failed step before a person calls. */
export const MOST_QUESTIONS = 3;

export type Question = NonNullable<WorkItem['question']>;

/** What is no matter of the customer's, whatever the task. */
const NOT_ASKED: ReadonlySet<string> = new Set([
  'order',
  'suborder',
  'orderDate',
  'customerId',
  'accountId',
  'items',
]);

/** Names of the inputs of a task that an answer can correct: not those that an earlier step has found out. */
export function answerable(task: string, steps: readonly StepRecord[]): string[] {
  const found = new Set(steps.filter(isDone).flatMap(({ outputs }) => Object.keys(outputs)));
  return Object.keys(correctable(task)).filter((name) => !found.has(name) && !NOT_ASKED.has(name));
}

/** When the customer has to have answered. */
export const answerBy = (now: Date, within: IsoDuration = ANSWER_WITHIN): string =>
  new Date(now.getTime() + durationSeconds(within) * 1000).toISOString();

/** The customer is reminded when a third of the time is over, and two thirds. */
export function remindersUntil({ askedAt, until }: Question, now: Date): NonNullable<Wait['reminders']> {
  const from = Date.parse(askedAt);
  return [1 / 3, 2 / 3]
    .map((part) => from + part * (Date.parse(until) - from))
    .filter((time) => time > now.getTime())
    .map((time) => ({ at: new Date(time).toISOString(), tells: 'ACTION_REMINDER' }));
}
