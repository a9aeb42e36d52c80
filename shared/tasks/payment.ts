import * as z from 'zod';
import { askCustomer, defineTask, defineUndo, fallout } from './task.ts';

export const refund = defineUndo({
  name: 'payment.refund',
  title: 'Refund the payment',
  kind: 'system',
  lane: 'management',
  system: 'payments',
  desk: 'SUPERVISOR',
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

export const awaitPayment = defineTask({
  name: 'payment.await',
  title: 'Customer pays',
  kind: 'event',
  lane: 'collection',
  topic: 'payment',
  correlation: 'paymentRef',
  completedBy: 'received',
  rejectedBy: { partial: 'PARTIAL' },
  input: z.object({ paymentRef: z.string() }),
  output: z.object({ paidAmount: z.number().nonnegative() }),
  rejections: {
    PARTIAL: fallout('BILLING_OPS'),
  },
  falloutDesk: 'BILLING_OPS',
  expected: 'P10D',
  timeLimit: 'P14D',
  undo: 'none',
});
