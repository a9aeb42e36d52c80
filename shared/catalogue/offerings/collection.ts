import * as z from 'zod';
import { defineOffering } from '../offering.ts';

/** When notice was given that the claim goes to an agency, as far as it was. */
const notice = { noticeSentAt: z.iso.datetime({ offset: true }).optional() };
/** What is owed, in DKK, and since when, as billing says it. */
const debt = {
  overdueAmount: z.number().positive().optional(),
  dueDate: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
};
const reason = { reason: z.string().max(500).optional() };

const rung = (name: string, title: string, add: z.ZodObject, orderable = false) =>
  defineOffering({
    id: `collection-${name}`,
    name: title,
    product: 'collection',
    add,
    orderable,
    adds: { rung: name },
  });

/** What collection does with a bill that is not paid; the account is that of the order. */
export const collectionOfferings = [
  rung('ladder', 'Reminders of an overdue bill', z.strictObject({ ...notice, ...debt, ...reason })),
  rung('suspend', 'Services are barred for non-payment', z.strictObject({ ...notice, ...reason })),
  rung('resume', 'Services open after payment', z.strictObject({ ...notice, ...reason })),
  rung('terminate', 'The contract ends for non-payment', z.strictObject({ ...notice, ...reason })),
  rung(
    'agency',
    'The claim goes to a collection agency',
    z.strictObject({ noticeSentAt: z.iso.datetime({ offset: true }), ...reason }),
  ),
  rung('plan', 'Payment in instalments', z.strictObject({ ...notice, ...reason }), true),
  rung('dispute', 'Objection to a bill', z.strictObject({ objection: z.string().min(1).max(2000) }), true),
];
