import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { Question } from '#shared/domain/questions.ts';
import * as customer from '#shared/tasks/customer.ts';
import type { Rejections } from '#shared/tasks/task.ts';
import { type Condition, event } from '../language/flow.ts';

interface Asking<After extends string> {
  readonly title: string;
  readonly after?: After;
  readonly when?: Condition;
  readonly announces?: MessageTemplate;
  readonly onReject?: Rejections;
}

/** Asks the customer, who is reminded at one and two thirds of the time. @param days until it is too late to answer */
export const ask = <const Id extends string, const After extends string = never>(
  id: Id,
  question: Question,
  days: number,
  { announces = 'ACTION_REQUIRED', ...options }: Asking<After>,
) =>
  event(id, customer.awaitAnswer, {
    ...options,
    announces,
    within: `P${days}D`,
    reminders: [
      { tells: 'ACTION_REMINDER', after: `P${Math.round(days / 3)}D` },
      { tells: 'ACTION_REMINDER', after: `P${Math.round((2 * days) / 3)}D` },
    ],
    with: { question },
  });
