import * as z from 'zod';
import { InvalidRequest, NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { suspendOrder } from '#shared/holds/suspension.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { problemsOf } from '#shared/tmf622/pointer.ts';
import { type Handle, httpHandler } from '../http.ts';

const bodySchema = z.strictObject({ reason: z.string().trim().min(1).max(2000) });

/** `POST /productOrder/{id}/suspend`: no step of the order starts any more, for a reason. Answers 204. */
export const suspend =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, body, caller }) => {
    const read = bodySchema.safeParse(body);
    if (!read.success) throw new InvalidRequest(problemsOf(read.error, body));
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    await suspendOrder(deps, order, {
      by: caller.sub,
      at: deps.now().toISOString(),
      reason: read.data.reason,
    });
    return { status: 204 };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: suspend(defaultDependencies()) });
