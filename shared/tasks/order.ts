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

/** Places a follow-on order. */
export const startFlow = defineTask({
  name: 'flow.start',
  title: 'Start what follows',
  kind: 'system',
  lane: 'management',
  system: 'milepost',
  input: z.object({
    /** Offering of the one item, usually one that no channel can order. */
    offering: z.string().optional(),
    /** Instead: the installed products that are to end. */
    ends: z.array(z.object({ id: z.string(), offering: z.string() })).optional(),
    accountId: z.string(),
    customerId: z.string().optional(),
    addressId: z.string().optional(),
    noticeSentAt: z.string().optional(),
    reason: z.string().optional(),
  }),
  /** Nothing when there is nothing to end. */
  output: z.object({ childOrderId: z.string().optional() }),
  rejections: { REFUSED: fallout('ORDER_DESK') },
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

/** Notes that a case is settled, as the last that a flow does whose other steps may all be skipped. */
export const settle = defineTask({
  name: 'case.close',
  title: 'Close the case',
  kind: 'system',
  lane: 'management',
  system: 'order-api',
  input: z.object({ order: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: 'none',
});
