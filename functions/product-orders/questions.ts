import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { openQuestions } from '#shared/work-items/answer.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `GET /productOrder/{id}/question`: what the customer is asked about an order. */
export const questions =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' } }) => {
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    return { status: 200, body: await openQuestions(deps, order) };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: questions(defaultDependencies()) });
