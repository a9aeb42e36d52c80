import * as z from 'zod';

/** A number of the Danish plan, in the international form. */
export const telephoneNumber = z.string().regex(/^\+45\d{8}$/, 'expected +45 and eight digits');

/** What the customer would like a new number to look like. */
export const wantedNumber = { preference: z.string().min(1).max(20).optional() };

/** What has to be known to get a number from another operator. */
export const portIn = {
  /** The number that is to come, of an item with `numberSource: port-in`. */
  number: telephoneNumber.optional(),
  donor: z.string().min(1).max(50).optional(),
  /** Of a mobile number: the SIM that it is on now. */
  donorIccid: z.string().min(1).max(22).optional(),
  /** Who the customer is to the donor, as for a business, and how the donor is paid. */
  donorCustomerId: z.string().min(1).max(50).optional(),
  donorContract: z.enum(['postpaid', 'prepaid']).optional(),
  authoritySigned: z.boolean().default(false),
  /** Where the signed authority is kept. */
  authorityRef: z.string().min(1).max(100).optional(),
};

/** A number that goes to another operator, as the clearing house asks for it. */
export const leavingNumber = z.strictObject({
  number: telephoneNumber,
  npOrderId: z.string().min(1),
  portDate: z.string().optional(),
  recipient: z.string().optional(),
});
