import * as z from 'zod';
import { telephoneNumber } from '#shared/catalogue/offerings/numbers.ts';
import type { FollowOn } from '#shared/tmf622/follow-on.ts';

/** A kind of event that nothing waits for: it begins something, as an order that the product places itself. */
export interface Trigger {
  /** What the data must be. */
  readonly data: z.ZodObject;
  /** The order that follows from data of this kind. */
  readonly order: (data: unknown) => FollowOn;
}

const trigger = <Data extends z.ZodObject>(
  data: Data,
  order: (data: z.output<Data>) => FollowOn,
): Trigger => ({
  data,
  order: (given) => order(data.parse(given)),
});

const id = z.string().min(1).max(100);
const date = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
/** Billing's customer, and the account that the bill is of. */
const debtor = { accountId: id, customerId: id };

/** The offering that a number leaves by. */
const PORT_OUT = {
  fixed: 'voip-port-out',
  mobile: 'mobile-postpaid-port-out',
  prepaid: 'mobile-prepaid-port-out',
} as const;

/** What begins when something happens outside, by the CloudEvents type. */
export const TRIGGERS: ReadonlyMap<string, Trigger> = new Map([
  [
    // The clearing house: another operator asks for a number of ours.
    'milepost.port.requested',
    trigger(
      z.object({
        number: telephoneNumber,
        numberType: z.enum(['fixed', 'mobile', 'prepaid']),
        npOrderId: id,
        portDate: date.optional(),
        recipient: id.optional(),
      }),
      ({ numberType, ...request }) => ({
        offering: PORT_OUT[numberType],
        action: 'delete',
        characteristics: request,
      }),
    ),
  ],
  [
    // The charging system: nobody has topped a prepaid card up in time.
    'milepost.prepaid.expired',
    trigger(
      z.object({
        installedProductId: id,
        customerId: id.optional(),
        expiresAt: z.iso.datetime({ offset: true }),
      }),
      ({ expiresAt, ...card }) => ({
        ...card,
        offering: 'mobile-prepaid-expiry',
        action: 'delete',
        characteristics: { expiresAt },
      }),
    ),
  ],
  [
    // Billing: a bill is overdue.
    'milepost.bill.overdue',
    trigger(
      z.object({ ...debtor, amount: z.number().positive(), dueDate: date }),
      ({ accountId, customerId, amount, dueDate }) => ({
        offering: 'collection-ladder',
        accountId,
        customerId,
        characteristics: { overdueAmount: amount, dueDate },
      }),
    ),
  ],
  [
    // Billing: the customer has objected to a bill, as in a letter.
    'milepost.bill.disputed',
    trigger(
      z.object({ ...debtor, objection: z.string().min(1).max(2000) }),
      ({ accountId, customerId, objection }) => ({
        offering: 'collection-dispute',
        accountId,
        customerId,
        characteristics: { objection },
      }),
    ),
  ],
]);
