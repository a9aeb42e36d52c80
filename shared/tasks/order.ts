import * as z from 'zod';
import { cancelItem, defineTask, fallout } from './task.ts';

export const validate = defineTask({
  name: 'order.validate',
  title: 'Check the order',
  kind: 'system',
  lane: 'management',
  system: 'order-api',
  input: z.object({
    order: z.string(),
    customerId: z.string().optional(),
    addressId: z.string().optional(),
    items: z.array(z.unknown()),
  }),
  output: z.object({ warnings: z.array(z.string()).default([]) }),
  rejections: {
    INVALID_DATA: fallout('ORDER_DESK'),
    DUPLICATE_ORDER: cancelItem(),
    CUSTOMER_BLOCKED: fallout('CREDIT_REVIEW'),
  },
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const plan = defineTask({
  name: 'order.plan',
  title: 'Divide into suborders',
  kind: 'system',
  lane: 'management',
  system: 'milepost',
  input: z.object({}),
  output: z.object({ suborders: z.int() }),
  rejections: {
    NO_FLOW: fallout('ORDER_DESK'),
    IMPOSSIBLE_PLAN: fallout('ORDER_DESK'),
  },
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT1S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const start = defineTask({
  name: 'order.start',
  title: 'Start all suborders',
  kind: 'system',
  lane: 'management',
  system: 'milepost',
  input: z.object({}),
  output: z.object({ started: z.int() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT2M',
  undo: 'none',
});

export const close = defineTask({
  name: 'order.close',
  title: 'Close the order',
  kind: 'system',
  lane: 'management',
  system: 'milepost',
  input: z.object({}),
  output: z.object({ state: z.string() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT1S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const handleItem = defineTask({
  name: 'order.handle-item',
  title: 'Handle the item by hand',
  kind: 'manual',
  lane: 'management',
  desk: 'ORDER_DESK',
  input: z.object({ reason: z.string() }),
  output: z.object({ note: z.string().max(2000) }),
  rejections: {
    DECLINED: cancelItem(),
  },
  expected: 'PT4H',
  timeLimit: 'P5D',
  undo: 'none',
});
