import * as z from 'zod';
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
