import * as z from 'zod';
import { askCustomer, continueWithFlag, defineTask, endFlow, rerunFrom, SELF } from './task.ts';

export const refund = defineTask({
  name: 'payment.refund',
  title: 'Refund the payment',
  kind: 'system',
  lane: 'management',
  system: 'payments',
  input: z.object({ paymentRef: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'SUPERVISOR',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

export const collect = defineTask({
  name: 'payment.collect',
  title: 'Collect the payment',
  kind: 'system',
  lane: 'management',
  system: 'payments',
  input: z.object({ accountId: z.string(), amount: z.number().optional(), sku: z.string().optional() }),
  output: z.object({ paymentRef: z.string() }),
  rejections: {
    DECLINED: askCustomer({ tells: 'ACTION_REQUIRED' }),
    EXPIRED_CARD: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'BILLING_OPS',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: refund,
});

/**
 * What an account owes has been paid, or was not by the deadline (`dueAt`, else how long the step waits). A part of it
 * changes neither what is owed nor the deadline; an objection, or a plan for payment, ends the case.
 */
export const awaitPayment = defineTask({
  name: 'payment.await',
  title: 'Customer pays',
  kind: 'event',
  lane: 'collection',
  topic: 'payment',
  correlation: 'accountId',
  completedBy: 'received',
  rejectedBy: { partial: 'PARTIAL', disputed: 'DISPUTED', 'plan-agreed': 'PLAN_AGREED' },
  onDeadline: 'NOT_PAID',
  repeats: true,
  input: z.object({ accountId: z.string(), dueAt: z.string().optional() }),
  output: z.object({ paidAmount: z.number().nonnegative() }),
  rejections: {
    NOT_PAID: continueWithFlag('unpaid'),
    PARTIAL: rerunFrom(SELF, { atMost: 20 }),
    DISPUTED: endFlow('DISPUTE_HOLD'),
    PLAN_AGREED: endFlow('PLAN_AGREED'),
  },
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'P10D',
  timeLimit: 'P14D',
  undo: 'none',
});

/** A payment plan is paid instalment by instalment; each that comes opens the wait for the next. */
export const awaitInstalments = defineTask({
  name: 'payment.await-instalments',
  title: 'Customer pays the instalments',
  kind: 'event',
  lane: 'collection',
  topic: 'payment-plan',
  correlation: 'accountId',
  completedBy: 'completed',
  rejectedBy: { 'instalment-paid': 'INSTALMENT_PAID', partial: 'PARTIAL' },
  onDeadline: 'NOT_PAID',
  repeats: true,
  input: z.object({ accountId: z.string() }),
  output: z.object({ paidAmount: z.number().nonnegative().optional() }),
  rejections: {
    INSTALMENT_PAID: rerunFrom(SELF, { atMost: 60 }),
    NOT_PAID: continueWithFlag('planBroken'),
    PARTIAL: continueWithFlag('planBroken'),
  },
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'P30D',
  timeLimit: 'P35D',
  undo: 'none',
});
