import * as z from 'zod';
import { LIMITS } from '#shared/domain/collection.ts';
import { continueWithFlag, defineTask, defineUndo, endFlow, fallout, undoneBy } from './task.ts';

/** Ends the flow when what it is about has come true meanwhile. */
export const checkBalance = defineTask({
  name: 'balance.check',
  title: 'Check the balance',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  input: z.object({
    accountId: z.string(),
    /** `paid`: an account that owes nothing ends the flow. */
    exitWhen: z.enum(['paid']).optional(),
    /** `paid`: an account that still owes something is looked at. */
    require: z.enum(['paid']).optional(),
  }),
  output: z.object({
    overdueAmount: z.number(),
    unpaid: z.boolean(),
    oldestDays: z.int().optional(),
    disputed: z.boolean().optional(),
    barred: z.boolean().optional(),
    atAgency: z.boolean().optional(),
    caseId: z.string().optional(),
    /** When notice was given that the claim goes to an agency, if it was. */
    noticeSentAt: z.iso.datetime({ offset: true }).optional(),
  }),
  sets: ['unpaid', 'barred', 'atAgency'],
  rejections: {
    PAID: endFlow('PAID', { tells: 'PAYMENT_RECEIVED' }),
    DISPUTED: endFlow('DISPUTE_HOLD'),
    PLAN_AGREED: endFlow('PLAN_AGREED'),
    STILL_OVERDUE: fallout('COLLECTIONS_DESK'),
  },
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const waiveFee = defineUndo({
  name: 'collection.waive-fee',
  title: 'Waive the reminder fee',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  desk: 'SUPERVISOR',
});

/**
 * One reminder of a level for a claim, ever: one that was sent before, as when an objection came in between, is not sent
 * again, but the time to pay that follows it is given anew.
 */
export const remind = defineTask({
  name: 'collection.reminder',
  title: 'Remind of the bill',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  input: z.object({
    accountId: z.string(),
    level: z.int().min(1).max(LIMITS.reminders),
    /** DKK. */
    fee: z.number().min(0).max(LIMITS.reminderFeeDkk),
    /** Whether it gives notice that the claim goes to an agency. */
    collectionNotice: z.boolean().optional(),
  }),
  output: z.object({
    reminderId: z.string(),
    /** When notice was given that the claim goes to an agency, if it was. */
    noticeSentAt: z.iso.datetime({ offset: true }).optional(),
  }),
  rejections: {
    PAID: endFlow('PAID', { tells: 'PAYMENT_RECEIVED' }),
    DISPUTED: endFlow('DISPUTE_HOLD'),
    PLAN_AGREED: endFlow('PLAN_AGREED'),
    ALREADY_SENT: continueWithFlag('remindedBefore'),
  },
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: waiveFee,
});

/** @throws BusinessRejection `NOTICE_TOO_RECENT`: the law wants ten days between the notice and the agency */
export const checkNotice = defineTask({
  name: 'collection.check-notice',
  title: 'Check that notice was given',
  kind: 'system',
  lane: 'collection',
  system: 'milepost',
  input: z.object({ noticeSentAt: z.iso.datetime({ offset: true }) }),
  output: z.object({}),
  rejections: { NOTICE_TOO_RECENT: fallout('COLLECTIONS_DESK') },
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const recall = defineTask({
  name: 'collection.recall',
  title: 'Take the claim back from the agency',
  kind: 'system',
  lane: 'collection',
  system: 'agency',
  input: z.object({ accountId: z.string(), caseId: z.string().optional() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

export const handOver = defineTask({
  name: 'collection.agency',
  title: 'Hand the claim to the agency',
  kind: 'system',
  lane: 'collection',
  system: 'agency',
  input: z.object({ accountId: z.string(), overdueAmount: z.number() }),
  output: z.object({ caseId: z.string() }),
  rejections: {
    DISPUTED: fallout('COLLECTIONS_DESK'),
    CLAIM_TOO_SMALL: fallout('COLLECTIONS_DESK'),
  },
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: recall,
});

export const release = defineTask({
  name: 'collection.release',
  title: 'Go on with collection',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  input: z.object({ accountId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: undoneBy('collection.hold'),
});

export const hold = defineTask({
  name: 'collection.hold',
  title: 'Stop collection',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  input: z.object({ accountId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: release,
});

/** Notes in billing how a collection case stands, as the last that a flow of collection does. */
export const closeCase = defineTask({
  name: 'collection.close-case',
  title: 'Note how the case stands',
  kind: 'system',
  lane: 'collection',
  system: 'billing',
  input: z.object({ accountId: z.string(), status: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'COLLECTIONS_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: 'none',
});
