import * as z from 'zod';
import { askCustomer, defineTask, fallout } from './task.ts';

export const release = defineTask({
  name: 'sim.release',
  title: 'Release the SIM',
  kind: 'system',
  lane: 'commissioning',
  system: 'sim-inventory',
  input: z.object({ iccid: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

export const assign = defineTask({
  name: 'sim.assign',
  title: 'Assign the SIM',
  kind: 'system',
  lane: 'commissioning',
  system: 'sim-inventory',
  input: z.object({
    simType: z.enum(['esim', 'physical']),
    eid: z.string().optional(),
    stockSite: z.string().optional(),
    /** The card in whose place it comes, as for one that was lost on its way: it is killed. */
    formerIccid: z.string().optional(),
  }),
  replaces: { formerIccid: 'iccid' },
  output: z.object({ iccid: z.string(), imsi: z.string(), activationCode: z.string().optional() }),
  rejections: {
    SIM_STOCK_EMPTY: fallout('MOBILE_OPS'),
    EID_INVALID: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'MOBILE_OPS',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: release,
});
