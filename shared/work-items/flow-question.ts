import * as z from 'zod';
import { StateConflict } from '#shared/domain/errors.ts';
import { QUESTION_IDS, QUESTIONS } from '#shared/domain/questions.ts';
import { correlationKeyOf } from '#shared/inbox/correlation.ts';
import { receiveEvent } from '#shared/inbox/receive.ts';
import { waitId } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import type { StepRecord } from '#shared/store/records.ts';
import { getAllSteps } from '#shared/store/suborders.ts';
import { readWaitingStep } from '#shared/store/waiting-step.ts';
import { awaitAnswer } from '#shared/tasks/customer.ts';
import type { Answer } from './answer.ts';
import { assertOnly } from './corrections.ts';
import { fieldsOf } from './fields.ts';

/** What a flow asks the customer as one of its steps. Its id is `<suborder>-<question>`. */
interface FlowQuestion {
  readonly id: string;
  readonly question: keyof typeof QUESTIONS;
  readonly record: StepRecord;
  readonly answerBy: string | undefined;
}

const idSchema = z.templateLiteral([z.string().regex(/^\d{2,3}$/), '-', z.enum(QUESTION_IDS)]);

/** Whether this is the id of a question that a flow may ask. */
export const isFlowQuestion = (id: string): boolean => idSchema.safeParse(id).success;

const subjectOf = (order: string, suborder: string, question: string) => `${order}-${suborder}/${question}`;

/** What the flows of an order wait for the customer to say. */
export async function flowQuestions(
  deps: Dependencies,
  order: string,
  steps: readonly StepRecord[],
): Promise<FlowQuestion[]> {
  const waiting = steps.filter(({ task, status }) => task === awaitAnswer.name && status === 'waiting');
  const found = await Promise.all(
    waiting.map(async (record) => {
      const { suborder, step } = record;
      const wait = await readWaitingStep(deps, order, waitId(suborder, step, 'event'));
      const question = QUESTION_IDS.find(
        (id) => wait?.correlationKey === correlationKeyOf(awaitAnswer.topic, subjectOf(order, suborder, id)),
      );
      return question && { id: `${suborder}-${question}`, question, record, answerBy: wait?.dueAt };
    }),
  );
  return found.filter((one) => one !== undefined);
}

/**
 * Takes in the answer as the event that the flow waits for: confirmed with what was asked for, or declined.
 * @throws InvalidRequest naming each field that is not asked for; StateConflict `NOT_OPEN` when nothing waits for it any more
 */
export async function answerFlowQuestion(
  deps: Dependencies,
  by: string,
  order: string,
  id: string,
  { answer, note, corrections = {} }: Answer,
): Promise<void> {
  const open = (await flowQuestions(deps, order, await getAllSteps(deps, order))).find(
    (one) => one.id === id,
  );
  const notOpen = new StateConflict('NOT_OPEN', `Question ${id} of order ${order} waits for no answer`);
  if (!open) throw notOpen;
  assertOnly(corrections, Object.keys(awaitAnswer.output.shape), 'is not asked for');
  const { suborder, step, run } = open.record;
  const [what, data] =
    answer === 'CONFIRM'
      ? [awaitAnswer.completedBy, { ...(note !== undefined && { answer: note }), ...corrections }]
      : ['declined', { ...(note !== undefined && { note }) }];
  const reception = await receiveEvent(deps, {
    specversion: '1.0',
    id: `${suborder}.${step}-${run}`,
    source: `/${by}`,
    type: `milepost.${awaitAnswer.topic}.${what}`,
    subject: subjectOf(order, suborder, open.question),
    data,
  });
  if (reception !== 'applied') throw notOpen;
}

/** A flow's question as the customer sees it. */
export const flowQuestionView = ({ id, question, record, answerBy }: FlowQuestion) => ({
  id,
  order: record.order,
  suborder: record.suborder,
  about: awaitAnswer.title,
  reason: question,
  question: QUESTIONS[question],
  fields: fieldsOf(awaitAnswer.output),
  answers: ['CONFIRM', 'DECLINE'],
  askedAt: record.startedAt ?? record.at,
  answerBy,
});
