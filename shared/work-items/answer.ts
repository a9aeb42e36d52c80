import * as z from 'zod';
import { NotFound, StateConflict } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import type { StepRecord, WorkItem } from '#shared/store/records.ts';
import { getAllSteps } from '#shared/store/suborders.ts';
import { isLive, readWorkItem, workItemId } from '#shared/store/work-items.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { assertOnly, correctsFacts, inputFieldsOf, readCorrections } from './corrections.ts';
import { type Decision, finishWorkItem } from './finish.ts';
import { answerFlowQuestion, flowQuestions, flowQuestionView, isFlowQuestion } from './flow-question.ts';
import { endsItem } from './step-writes.ts';

const note = z.string().trim().max(2000).optional();

const answerSchema = z.discriminatedUnion('answer', [
  z.strictObject({
    answer: z.literal('CONFIRM'),
    corrections: z.record(z.string(), z.unknown()).optional(),
    note,
  }),
  z.strictObject({ answer: z.literal('DECLINE'), corrections: z.undefined().optional(), note }),
]);
export type Answer = z.output<typeof answerSchema>;

type OpenQuestion = WorkItem & { readonly question: NonNullable<WorkItem['question']> };

/** A question is open until its step is repaired, also when the customer is late and customer care has it on the desk. */
const isOpen = (item: WorkItem): item is OpenQuestion =>
  item.question !== undefined && item.desk === 'CUSTOMER_CARE' && isLive(item.state);

/** What the customer is asked about an order, the oldest first. */
export async function openQuestions(deps: Dependencies, order: string) {
  const steps = await getAllSteps(deps, order);
  const asked = [
    ...(await askedByRepair(deps, order, steps)).map(questionView),
    ...(await flowQuestions(deps, order, steps)).map(flowQuestionView),
  ];
  return asked.sort((a, b) => a.askedAt.localeCompare(b.askedAt));
}

/** What is asked about steps that failed. */
async function askedByRepair(
  deps: Dependencies,
  order: string,
  steps: readonly StepRecord[],
): Promise<OpenQuestion[]> {
  const failed = steps.filter(({ status }) => status === 'fallout');
  const items = await Promise.all(
    failed.map(({ suborder, step, run }) =>
      readWorkItem(deps, workItemId({ order, suborder, step, run, kind: 'fallout' })),
    ),
  );
  return items.flatMap((item) => (item && isOpen(item) ? [item] : []));
}

/**
 * Takes in what the customer answers: confirmed, the step is done again with the corrected data; declined, the item is
 * cancelled. The same answer again is answered as before. What a flow asks as a step of its own, it is told.
 * @throws NotFound; InvalidRequest naming each wrong field; StateConflict `CLAIMED` when somebody sees to it already
 */
export async function answerQuestion(
  deps: Dependencies,
  by: string,
  order: string,
  id: string,
  body: unknown,
): Promise<{ answer: string | undefined; at: string | undefined }> {
  if (isFlowQuestion(id)) {
    const given = parse(answerSchema, body);
    await answerFlowQuestion(deps, by, order, id, given);
    return { answer: given.answer, at: deps.now().toISOString() };
  }
  const item = await readWorkItem(deps, id);
  if (!item?.question || item.order !== order) throw new NotFound('Question', id.slice(0, 40));
  if (isLive(item.state) && !isOpen(item))
    throw new StateConflict('NOT_OPEN', `Question ${id} is with ${item.desk}: an employee sees to it`);
  // Who answers does with this one work item what customer care does after a call.
  const { result } = await finishWorkItem(deps, { sub: by, desks: [item.desk] }, id, (found) =>
    decide(deps, found, body),
  );
  return { answer: result?.action, at: result?.at };
}

async function decide(deps: Dependencies, item: WorkItem, body: unknown): Promise<Decision> {
  const given = parse(answerSchema, body);
  const told = { what: 'CUSTOMER_ANSWERED', ...(given.note !== undefined && { note: given.note }) };
  const result = (outputs?: WorkItem['context']) => ({
    action: given.answer,
    ...(given.note !== undefined && { note: given.note }),
    ...(outputs && { outputs }),
  });
  if (given.answer === 'DECLINE')
    return { what: told.what, result: result(), ...(await endsItem(deps, item, 'cancelled')) };
  const outcome = { result: { resumeAt: item.failure?.step ?? item.step, flags: {} } };
  if (!given.corrections || Object.keys(given.corrections).length === 0)
    return { what: told.what, result: result(), outcome };
  assertOnly(given.corrections, item.question?.fields ?? [], 'is not asked for');
  const corrections = readCorrections(item.task, given.corrections);
  return {
    what: told.what,
    result: result(corrections),
    outcome,
    step: () => correctsFacts(deps, item, corrections),
  };
}

/** A question as the customer sees it: nothing of desks and employees. */
const questionView = ({ workItem, order, suborder, task, failure, question, context }: OpenQuestion) => ({
  id: workItem,
  order,
  suborder,
  about: taskNamed(task)?.title ?? task,
  reason: failure?.error,
  ...(question.text !== undefined && { question: question.text }),
  fields: inputFieldsOf(task)
    .filter(({ id }) => question.fields.includes(id))
    .map((field) => ({ ...field, required: false, value: context[field.id] })),
  answers: ['CONFIRM', 'DECLINE'],
  askedAt: question.askedAt,
  answerBy: question.until,
});
