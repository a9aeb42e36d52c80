import * as z from 'zod';
import { askCustomer, defineTask, defineUndo, fallout } from './task.ts';

export const release = defineUndo({
  name: 'number.release',
  title: 'Return the number',
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
  input: z.object({ numberType: z.enum(['fixed', 'mobile']), preference: z.string().optional() }),
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
