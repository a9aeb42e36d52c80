import * as z from 'zod';
import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { reasonSchema } from '#shared/domain/reason.ts';
import { suspendOrder } from '#shared/holds/suspension.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { type Handle, httpHandler } from '../http.ts';

const bodySchema = z.strictObject({ reason: reasonSchema });

/** `POST /productOrder/{id}/suspend`: no step of the order starts any more, for a reason. Answers 204. */
export const suspend =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, body, caller }) => {
    const { reason } = parse(bodySchema, body);
    const order = parseOrderNumber(id);
    if (!order) throw new NotFound('Product order', id.slice(0, 40));
    await suspendOrder(deps, order, {
      by: caller.sub,
      at: deps.now().toISOString(),
      reason,
    });
    return { status: 204 };
  };

export const handler = httpHandler({ errors: 'tmf622', handle: suspend(defaultDependencies()) });
