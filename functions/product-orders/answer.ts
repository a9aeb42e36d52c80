import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { answerQuestion } from '#shared/work-items/answer.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `POST /productOrder/{id}/question/{question}/answer`: what the customer says, in the portal or to the call centre. */
export const answer =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '', question = '' }, caller, body }) => {
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    const { answer: given, at } = await answerQuestion(deps, caller.sub, order, question, body);
    return { status: 200, body: { id: question, order, answer: given, answeredAt: at } };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: answer(defaultDependencies()) });
