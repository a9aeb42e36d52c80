import * as z from 'zod';
import { CHARGE_CODES } from '#shared/domain/charges.ts';
import { defineTask, defineUndo, fallout } from './task.ts';

export const reverse = defineUndo({
  name: 'billing.reverse',
  title: 'Reverse the billing',
  kind: 'system',
  lane: 'management',
  system: 'billing',
  desk: 'SUPERVISOR',
});

export const start = defineTask({
  name: 'billing.start',
  title: 'Start billing',
  kind: 'system',
  lane: 'management',
  system: 'billing',
  input: z.object({
    accountId: z.string(),
    installedProductId: z.string(),
    effectiveDate: z.string().optional(),
    /** The tariff, or how it is paid where that is not by the month. */
    plan: z.string().optional(),
  }),
  output: z.object({ subscriptionId: z.string() }),
  rejections: {
    ACCOUNT_BLOCKED: fallout('BILLING_OPS'),
    PRICE_MISSING: fallout('BILLING_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'BILLING_OPS',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: reverse,
});

export const resume = defineUndo({
  name: 'billing.resume',
  title: 'Open the subscription again',
  kind: 'system',
  lane: 'management',
  system: 'billing',
  desk: 'SUPERVISOR',
});

export const stop = defineTask({
  name: 'billing.stop',
  title: 'Stop billing',
  kind: 'system',
  lane: 'management',
  system: 'billing',
  input: z.object({
    accountId: z.string(),
    /** The product whose subscription ends; without it, all of the account. */
    installedProductId: z.string().optional(),
    effectiveDate: z.string().optional(),
  }),
  output: z.object({ finalAmount: z.number(), stoppedSubscriptionId: z.string() }),
  rejections: { ACCOUNT_BLOCKED: fallout('BILLING_OPS') },
  retry: 'standard',
  falloutDesk: 'BILLING_OPS',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: resume,
});

export const adjust = defineTask({
  name: 'billing.adjust',
  title: 'Adjust the bill',
  kind: 'system',
  lane: 'management',
  system: 'billing',
  input: z.object({
    accountId: z.string(),
    chargeCode: z.enum(CHARGE_CODES),
    installedProductId: z.string().optional(),
    /** DKK; the price list's amount when it is not given. */
    amount: z.number().optional(),
  }),
  output: z.object({ chargeId: z.string() }),
  rejections: { PRICE_MISSING: fallout('BILLING_OPS') },
  retry: 'standard',
  falloutDesk: 'BILLING_OPS',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: reverse,
});
