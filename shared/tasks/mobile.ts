import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deprovision = defineUndo({
  name: 'mobile.deprovision',
  title: 'Remove the subscriber',
  kind: 'system',
  lane: 'commissioning',
  system: 'hss-ocs',
  desk: 'ACTIVATION_FALLOUT',
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
  }),
  output: z.object({ subscriberId: z.string() }),
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
