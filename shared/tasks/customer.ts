import * as z from 'zod';
import { askCustomer, cancelItem, defineTask, fallout } from './task.ts';

export const verify = defineTask({
  name: 'customer.verify',
  title: 'Verify the customer',
  kind: 'system',
  lane: 'management',
  system: 'identity',
  input: z.object({ customerId: z.string().optional(), consents: z.array(z.string()).default([]) }),
  output: z.object({ verified: z.boolean(), consentRefs: z.array(z.string()).default([]) }),
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
