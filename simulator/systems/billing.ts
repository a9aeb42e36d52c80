import * as z from 'zod';
import { system } from '../operation.ts';

const billing = system('billing');
const agency = system('agency');

const accountBlocked = { ACCOUNT_BLOCKED: 'The account takes no changes.' };
const priceMissing = { PRICE_MISSING: 'There is no price for the product.' };
const planAgreed = { PLAN_AGREED: 'The customer pays in instalments.' };
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
    input: z.object({
      accountId: z.string(),
      installedProductId: z.string().optional(),
      effectiveDate: z.string().optional(),
    }),
    output: z.object({ finalAmount: z.number(), stoppedSubscriptionId: z.string() }),
    rejections: accountBlocked,
    answer: (_input, { values }) => ({
      finalAmount: values.integer(0, 39900) / 100,
      stoppedSubscriptionId: `SUB-${values.digits(10)}`,
    }),
  }),
  billing.undo({
    name: 'billing.resume',
    title: 'Open a stopped subscription again',
    undoes: ['billing.stop'],
    input: z.object({ stoppedSubscriptionId: z.string().optional() }),
  }),
  billing.operation({
    name: 'billing.adjust',
    title: 'Charge or credit an amount once',
    input: z.object({
      accountId: z.string(),
      chargeCode: z.string(),
      installedProductId: z.string().optional(),
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
    title: 'Say what an account owes, unless it owes nothing (`exitWhen`), or still something (`require`)',
    input: z.object({
      accountId: z.string(),
      exitWhen: z.enum(['paid']).optional(),
      require: z.enum(['paid']).optional(),
    }),
    output: z.object({
      overdueAmount: z.number(),
      unpaid: z.boolean(),
      oldestDays: z.int(),
      disputed: z.boolean(),
      barred: z.boolean(),
      atAgency: z.boolean(),
      caseId: z.string().optional(),
      noticeSentAt: z.iso.datetime().optional(),
    }),
    rejections: {
      ...disputed,
      ...planAgreed,
      PAID: 'The account owes nothing.',
      STILL_OVERDUE: 'The account still owes something.',
    },
    answer: ({ require }, { values }) => ({
      overdueAmount: require === 'paid' ? 0 : values.integer(20000, 200000) / 100,
      unpaid: require !== 'paid',
      oldestDays: values.integer(5, 90),
      disputed: false,
      barred: false,
      atAgency: false,
    }),
  }),
  billing.operation({
    name: 'collection.reminder',
    title: 'Send a reminder with a fee',
    input: z.object({
      accountId: z.string(),
      level: z.int().min(1).max(3),
      fee: z.number().min(0).max(100),
      collectionNotice: z.boolean().optional(),
    }),
    output: z.object({ reminderId: z.string(), noticeSentAt: z.iso.datetime().optional() }),
    rejections: {
      ...disputed,
      ...planAgreed,
      PAID: 'The account owes nothing.',
      ALREADY_SENT: 'This reminder was sent before.',
    },
    answer: ({ collectionNotice }, { values, now }) => ({
      reminderId: `REM-${values.digits(9)}`,
      ...(collectionNotice && { noticeSentAt: new Date(now).toISOString() }),
    }),
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
    input: z.object({ accountId: z.string(), overdueAmount: z.number() }),
    output: z.object({ caseId: z.string() }),
    rejections: { ...disputed, CLAIM_TOO_SMALL: 'The claim is below the minimum.' },
    answer: (_input, { values }) => ({ caseId: `CASE-${values.digits(8)}` }),
  }),
  billing.operation({
    name: 'collection.hold',
    title: 'Stop collection while a dispute is open',
    input: z.object({ accountId: z.string() }),
    output: z.object({}),
    answer: () => ({}),
  }),
  billing.undo({
    name: 'collection.release',
    title: 'Go on with collection',
    undoes: ['collection.hold'],
    input: z.object({ accountId: z.string() }),
  }),
  billing.operation({
    name: 'collection.close-case',
    title: 'Note how a collection case stands',
    input: z.object({ accountId: z.string(), status: z.string() }),
    output: z.object({}),
    answer: () => ({}),
  }),
  agency.undo({
    name: 'collection.recall',
    title: 'Take a claim back from the agency',
    undoes: ['collection.agency'],
    input: z.object({ caseId: z.string().optional() }),
  }),
];
