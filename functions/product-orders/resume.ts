import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { resumeOrder } from '#shared/holds/suspension.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { type Handle, httpHandler } from '../http.ts';

/** `POST /productOrder/{id}/resume`: a suspended order goes on. Answers 204. */
export const resume =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, caller }) => {
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    await resumeOrder(deps, order, caller.sub);
    return { status: 204 };
  };

export const handler = httpHandler({
  errors: 'tmf622',
  body: 'optional',
  handle: resume(defaultDependencies()),
});
