import * as z from 'zod';
import { askCustomer, defineTask, failItem, fallout, rerunFrom, SELF } from './task.ts';

export const cancel = defineTask({
  name: 'wholesale.cancel',
  title: 'Give the line back to its owner',
  kind: 'system',
  lane: 'commissioning',
  system: 'network-owner',
  input: z.object({ wholesaleOrderId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'WHOLESALE_DESK',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

export const order = defineTask({
  name: 'wholesale.order',
  title: 'Order the line from its owner',
  kind: 'system',
  lane: 'commissioning',
  system: 'network-owner',
  input: z.object({
    addressId: z.string(),
    product: z.string(),
    requestedDate: z.string().optional(),
    /** `GIG` a technician of the owner connects it, `GDS` the customer does, `FALLBACK` the old line comes back. */
    mode: z.enum(['GIG', 'GDS', 'FALLBACK']),
    /** A rush order. */
    rush: z.boolean().optional(),
  }),
  output: z.object({ wholesaleOrderId: z.string(), ackDate: z.string().optional() }),
  rejections: {
    REJECTED_ADDRESS: fallout('WHOLESALE_DESK'),
    NO_LINE: failItem({ tells: 'NOT_SERVICEABLE' }),
    LINE_IN_USE: fallout('WHOLESALE_DESK'),
    DATE_NOT_POSSIBLE: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'WHOLESALE_DESK',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: cancel,
});

/** What the owner can say while the line is on its way: after a delay it is waited for again. */
const refusals = {
  rejectedBy: { rejected: 'REJECTED', delayed: 'DELAYED', 'cancelled-by-owner': 'CANCELLED_BY_OWNER' },
  rejections: {
    REJECTED: fallout('WHOLESALE_DESK'),
    DELAYED: rerunFrom(SELF, { tells: 'ORDER_DELAYED', atMost: 10 }),
    CANCELLED_BY_OWNER: fallout('WHOLESALE_DESK'),
  },
} as const;

export const awaitAccepted = defineTask({
  name: 'wholesale.await-accepted',
  title: 'Owner confirms the line date',
  kind: 'event',
  lane: 'commissioning',
  topic: 'line-order',
  correlation: 'wholesaleOrderId',
  completedBy: 'date-confirmed',
  ...refusals,
  input: z.object({ wholesaleOrderId: z.string() }),
  output: z.object({ confirmedDate: z.iso.datetime({ offset: true }) }),
  falloutDesk: 'WHOLESALE_DESK',
  expected: 'P5D',
  timeLimit: 'P30D',
  undo: 'none',
});

export const awaitDelivered = defineTask({
  name: 'wholesale.await-delivered',
  title: 'Owner delivers the line',
  kind: 'event',
  lane: 'commissioning',
  topic: 'line-order',
  correlation: 'wholesaleOrderId',
  completedBy: 'delivered',
  ...refusals,
  input: z.object({ wholesaleOrderId: z.string() }),
  output: z.object({ lineId: z.string(), portInfo: z.string().optional() }),
  falloutDesk: 'WHOLESALE_DESK',
  expected: 'P5D',
  timeLimit: 'P30D',
  undo: 'none',
});
