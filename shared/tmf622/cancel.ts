import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import type { Cancellation } from '#shared/store/records.ts';
import { parse } from './pointer.ts';
import { BASE_PATH, hrefOf, type ProductOrderResource } from './resource.ts';

const text = z.string().max(4000);
const id = z.string().min(1).max(256);

/**
 * The body of `POST /cancelProductOrder` (TMF622 v4.0.0 `CancelProductOrder_Create`). `productOrderItem` is an extension:
 * the items that are to be cancelled, instead of the whole order.
 */
const cancelSchema = z.looseObject({
  productOrder: z.looseObject({ id }),
  cancellationReason: text.optional(),
  requestedCancellationDate: z.iso.datetime({ offset: true }).optional(),
  productOrderItem: z.array(z.looseObject({ id })).min(1).max(100).optional(),
});
export type CancelRequest = z.infer<typeof cancelSchema>;

/** @throws InvalidRequest with a problem per field */
export function readCancel(body: unknown, now: Date): CancelRequest {
  const request = parse(cancelSchema, body);
  const { requestedCancellationDate: date } = request;
  if (date !== undefined && Date.parse(date) > now.getTime())
    throw new InvalidRequest([
      { pointer: '/requestedCancellationDate', message: 'A cancellation takes effect at once' },
    ]);
  return request;
}

const productOrderItem = (ids: readonly string[]) => ids.map((item) => ({ id: item }));

/**
 * The TMF622 `CancelProductOrder` of a request. Extensions: the items that it names, those that are cancelled (dependents
 * among them), what is charged for or comes back since it was past a soft point of no return, and why it was refused.
 */
export function cancelProductOrder(request: Cancellation): ProductOrderResource {
  const { cancellation, order, items, cancelled, charges = [], problems = [] } = request;
  return {
    id: cancellation,
    href: `${BASE_PATH}/cancelProductOrder/${cancellation}`,
    ...(request.reason !== undefined && { cancellationReason: request.reason }),
    ...(request.requestedDate !== undefined && { requestedCancellationDate: request.requestedDate }),
    ...(request.taskState === 'done' && { effectiveCancellationDate: request.endedAt }),
    state: request.taskState,
    productOrder: { id: order, href: hrefOf(order), '@referredType': 'ProductOrder' },
    ...(items && { productOrderItem: productOrderItem(items) }),
    ...(cancelled && { cancelledProductOrderItem: productOrderItem(cancelled) }),
    ...(charges.length > 0 && {
      cancellationCharge: charges.map(({ item, step }) => ({
        productOrderItem: { id: item },
        step,
        reason: 'Past a soft point of no return: a fee, or a return, follows',
      })),
    }),
    ...(problems.length > 0 && {
      cancelProductOrderErrorMessage: problems.map(({ item, code, message }) => ({
        code,
        message,
        ...(item !== undefined && { productOrderItem: productOrderItem([item]) }),
      })),
    }),
    '@type': 'CancelProductOrder',
  };
}
