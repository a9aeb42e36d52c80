import * as z from 'zod';
import { QUESTION_IDS } from '#shared/domain/questions.ts';
import { askCustomer, cancelItem, defineTask, fallout } from './task.ts';

export const verify = defineTask({
  name: 'customer.verify',
  title: 'Verify the customer',
  kind: 'system',
  lane: 'management',
  system: 'identity',
  input: z.object({
    customerId: z.string().optional(),
    consents: z.array(z.string()).default([]),
    /** `strong`: as for a SIM swap, with a fraud score. */
    assurance: z.enum(['standard', 'strong']).default('standard'),
  }),
  output: z.object({
    verified: z.boolean(),
    consentRefs: z.array(z.string()).default([]),
    riskHigh: z.boolean().optional(),
  }),
  sets: ['riskHigh'],
  rejections: {
    ID_MISMATCH: fallout('FRAUD_REVIEW'),
    CONSENT_MISSING: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'FRAUD_REVIEW',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const checkCredit = defineTask({
  name: 'credit.check',
  title: 'Check credit',
  kind: 'system',
  lane: 'management',
  system: 'credit-bureau',
  input: z.object({ customerId: z.string().optional(), items: z.array(z.unknown()) }),
  output: z.object({ decision: z.string(), limit: z.number().optional(), deposit: z.number().optional() }),
  rejections: {
    REFER: fallout('CREDIT_REVIEW'),
    DENIED: cancelItem({ tells: 'CREDIT_DENIED' }),
    DEPOSIT_REQUIRED: askCustomer({ tells: 'DEPOSIT_REQUEST' }),
  },
  retry: 'standard',
  falloutDesk: 'CREDIT_REVIEW',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: 'none',
});

/** The answer comes as the event `answer.given` or `answer.declined` with `<order>-<suborder>/<question>` as its subject. */
export const awaitAnswer = defineTask({
  name: 'customer.await',
  title: 'Customer answers',
  kind: 'event',
  lane: 'correspondence',
  topic: 'answer',
  correlation: ['suborder', 'question'],
  completedBy: 'given',
  rejectedBy: { declined: 'DECLINED' },
  onDeadline: 'NO_ANSWER',
  input: z.object({ suborder: z.string(), question: z.enum(QUESTION_IDS) }),
  output: z.object({ answer: z.string().max(2000).optional(), authorityRef: z.string().max(100).optional() }),
  rejections: {
    NO_ANSWER: fallout('CUSTOMER_CARE'),
    DECLINED: cancelItem(),
  },
  falloutDesk: 'CUSTOMER_CARE',
  expected: 'P2D',
  timeLimit: 'P30D',
  undo: 'none',
});
