import * as z from 'zod';
import { askCustomer, continueWithFlag, DONE, defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const release = defineTask({
  name: 'number.release',
  title: 'Return the number',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-pool',
  input: z.object({
    number: z.string(),
    /** How long nobody else gets it. */
    quarantine: z.string().optional(),
  }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('number.reserve'),
});

export const takeBack = defineUndo({
  name: 'number.take-back',
  title: 'Take the temporary number back',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-pool',
  desk: 'ACTIVATION_FALLOUT',
});

export const reserve = defineTask({
  name: 'number.reserve',
  title: 'Reserve a number',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-pool',
  input: z.object({ numberType: z.enum(['fixed', 'mobile', 'm2m']), preference: z.string().optional() }),
  output: z.object({ number: z.string() }),
  rejections: {
    POOL_EMPTY: fallout('NUMBER_PORTING'),
    VANITY_TAKEN: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT1S',
  timeLimit: 'PT1M',
  undo: release,
});

/** A number that was given up may still be taken to another operator for a month (Danish telecommunications act, section 26). */
export const awaitPortRight = defineTask({
  name: 'number.await-port-right',
  title: 'Wait out the right to port the number',
  kind: 'event',
  lane: 'commissioning',
  topic: 'number',
  correlation: 'number',
  rejectedBy: { 'ported-out': 'PORTED_OUT' },
  onDeadline: DONE,
  input: z.object({ number: z.string(), dueAt: z.string().optional() }),
  output: z.object({}),
  rejections: { PORTED_OUT: continueWithFlag('portedOutMeanwhile') },
  falloutDesk: 'NUMBER_PORTING',
  expected: 'P31D',
  timeLimit: 'P40D',
  undo: 'none',
});

/** A number until the customer's own has come. */
export const lend = defineTask({
  name: 'number.lend',
  title: 'Lend a temporary number',
  kind: 'system',
  lane: 'commissioning',
  system: 'number-pool',
  input: z.object({}),
  output: z.object({ temporaryMsisdn: z.string() }),
  rejections: { POOL_EMPTY: fallout('NUMBER_PORTING') },
  retry: 'standard',
  falloutDesk: 'NUMBER_PORTING',
  expected: 'PT1S',
  timeLimit: 'PT1M',
  undo: takeBack,
});
