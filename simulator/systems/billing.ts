import * as z from 'zod';
import { system } from '../operation.ts';

const billing = system('billing');
const agency = system('agency');

const accountBlocked = { ACCOUNT_BLOCKED: 'The account takes no changes.' };
const priceMissing = { PRICE_MISSING: 'There is no price for the product.' };
const disputed = { DISPUTED: 'The customer disputes the claim.' };

/** Billing and collection. */
export const billingOperations = [
  billing.operation({
    name: 'billing.start',
    title: 'Start a subscription',
    input: z.object({ accountId: z.string(), effectiveDate: z.string().optional() }),
    output: z.object({ subscriptionId: z.string() }),
    rejections: { ...accountBlocked, ...priceMissing },
    answer: (_input, { values }) => ({ subscriptionId: `SUB-${values.digits(10)}` }),
  }),
  billing.operation({
    name: 'billing.stop',
    title: 'Stop a subscription',
    input: z.object({ subscriptionId: z.string(), effectiveDate: z.string().optional() }),
    output: z.object({ finalAmount: z.number() }),
    rejections: accountBlocked,
    answer: (_input, { values }) => ({ finalAmount: values.integer(0, 39900) / 100 }),
  }),
  billing.undo({
    name: 'billing.resume',
    title: 'Open a stopped subscription again',
    undoes: ['billing.stop'],
    input: z.object({ subscriptionId: z.string().optional() }),
  }),
  billing.operation({
    name: 'billing.adjust',
    title: 'Charge or credit an amount once',
    input: z.object({
      accountId: z.string(),
      chargeCode: z.string(),
      amount: z.number().optional(),
    }),
    output: z.object({ chargeId: z.string() }),
    rejections: priceMissing,
    answer: (_input, { values }) => ({ chargeId: `CHG-${values.digits(10)}` }),
  }),
  billing.undo({
    name: 'billing.reverse',
    title: 'Reverse a started subscription or a charge',
    undoes: ['billing.start', 'billing.adjust'],
    input: z.object({ subscriptionId: z.string().optional(), chargeId: z.string().optional() }),
  }),
  billing.operation({
    name: 'balance.check',
    title: 'Say what an account owes',
    input: z.object({ accountId: z.string() }),
    output: z.object({ overdueAmount: z.number(), oldestDays: z.int(), disputed: z.boolean() }),
    answer: () => ({ overdueAmount: 0, oldestDays: 0, disputed: false }),
  }),
  billing.operation({
    name: 'collection.reminder',
    title: 'Send a reminder with a fee',
    input: z.object({ accountId: z.string(), level: z.int().optional(), fee: z.number().optional() }),
    output: z.object({ reminderId: z.string() }),
    rejections: disputed,
    answer: (_input, { values }) => ({ reminderId: `REM-${values.digits(9)}` }),
  }),
  billing.undo({
    name: 'collection.waive-fee',
    title: 'Credit a reminder fee',
    undoes: ['collection.reminder'],
    input: z.object({ reminderId: z.string().optional() }),
  }),
  agency.operation({
    name: 'collection.agency',
    title: 'Hand a claim over to the collection agency',
    input: z.object({ accountId: z.string(), claim: z.unknown().optional() }),
    output: z.object({ caseId: z.string() }),
    rejections: { ...disputed, CLAIM_TOO_SMALL: 'The claim is below the minimum.' },
    answer: (_input, { values }) => ({ caseId: `CASE-${values.digits(8)}` }),
  }),
  agency.undo({
    name: 'collection.recall',
    title: 'Take a claim back from the agency',
    undoes: ['collection.agency'],
    input: z.object({ caseId: z.string().optional() }),
  }),
];
