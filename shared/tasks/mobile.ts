import * as z from 'zod';
import { cancelItem, DONE, defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const deprovision = defineTask({
  name: 'mobile.deprovision',
  title: 'Remove the subscriber',
  kind: 'system',
  lane: 'commissioning',
  system: 'hss-ocs',
  input: z.object({ subscriberId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('mobile.provision'),
});

export const provision = defineTask({
  name: 'mobile.provision',
  title: 'Activate the subscription',
  kind: 'system',
  lane: 'commissioning',
  system: 'hss-ocs',
  input: z.object({
    msisdn: z.string(),
    imsi: z.string(),
    plan: z.string(),
    addons: z.array(z.string()).default([]),
    state: z.enum(['prepared', 'live', 'temporary-reactivation']).optional(),
    charging: z.enum(['ocs', 'billing']).optional(),
    /** The subscriber in whose place it comes, as for a card that was lost on its way: it is removed. */
    formerSubscriberId: z.string().optional(),
  }),
  output: z.object({ subscriberId: z.string() }),
  replaces: { formerSubscriberId: 'subscriberId' },
  rejections: {
    IMSI_IN_USE: fallout('MOBILE_OPS'),
    PROFILE_INVALID: fallout('MOBILE_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'MOBILE_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deprovision,
});

export const revert = defineUndo({
  name: 'mobile.modify-revert',
  title: 'Restore the subscription',
  kind: 'system',
  lane: 'commissioning',
  system: 'hss-ocs',
  desk: 'ACTIVATION_FALLOUT',
});

export const modify = defineTask({
  name: 'mobile.modify',
  title: 'Change the subscription',
  kind: 'system',
  lane: 'commissioning',
  system: 'hss-ocs',
  input: z.object({
    subscriberId: z.string(),
    /** `prepared`: set up, but not in use before its number is ported. */
    state: z.enum(['prepared', 'live']).optional(),
    plan: z.string().optional(),
    addons: z.array(z.string()).optional(),
    msisdn: z.string().optional(),
    imsi: z.string().optional(),
    extraImsi: z.string().optional(),
    /** Who counts what is used: `ocs` at once against a balance, `billing` by the month. */
    charging: z.enum(['ocs', 'billing']).optional(),
    /** DKK to add to the balance. */
    topUp: z.number().positive().optional(),
  }),
  output: z.object({ previousProfile: z.string(), barredNoBalance: z.boolean().optional() }),
  rejections: { PROFILE_INVALID: fallout('MOBILE_OPS') },
  sets: ['barredNoBalance'],
  retry: 'standard',
  falloutDesk: 'MOBILE_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: revert,
});

/** A prepaid number stays when its balance is topped up in time. */
export const awaitTopUp = defineTask({
  name: 'mobile.await-top-up',
  title: 'Wait for a top-up',
  kind: 'event',
  lane: 'commissioning',
  topic: 'top-up',
  correlation: 'subscriberId',
  rejectedBy: { received: 'TOPPED_UP' },
  onDeadline: DONE,
  input: z.object({ subscriberId: z.string(), dueAt: z.string().optional() }),
  output: z.object({}),
  rejections: { TOPPED_UP: cancelItem() },
  falloutDesk: 'MOBILE_OPS',
  expected: 'P30D',
  timeLimit: 'P90D',
  undo: 'none',
});
