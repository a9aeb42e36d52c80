import * as z from 'zod';
import { askCustomer, defineTask, defineUndo, fallout } from './task.ts';

export const restock = defineUndo({
  name: 'logistics.restock',
  title: 'Put the unit back on the shelf',
  kind: 'manual',
  lane: 'logistics',
  system: 'milepost',
  desk: 'LOGISTICS_RETURNS',
});

export const recall = defineUndo({
  name: 'logistics.recall',
  title: 'Stop the parcel',
  kind: 'system',
  lane: 'logistics',
  system: 'carrier',
  desk: 'SUPERVISOR',
});

export const pickAndScan = defineTask({
  name: 'logistics.pick-scan',
  title: 'Pick and scan',
  kind: 'manual',
  lane: 'logistics',
  desk: 'LOGISTICS_PICK',
  input: z.object({ reservationId: z.string(), sku: z.string() }),
  output: z.object({
    serialNumber: z.string(),
    macAddress: z.string().optional(),
    note: z.string().max(2000).optional(),
  }),
  rejections: {
    ITEM_DAMAGED: fallout('LOGISTICS_BACKORDER'),
    NOT_FOUND: fallout('LOGISTICS_BACKORDER'),
    SERIAL_ALREADY_USED: fallout('LOGISTICS_RETURNS'),
  },
  expected: 'PT4H',
  timeLimit: 'P1D',
  undo: restock,
});

export const ship = defineTask({
  name: 'logistics.ship',
  title: 'Ship',
  kind: 'system',
  lane: 'logistics',
  system: 'carrier',
  input: z.object({ addressId: z.string(), serialNumber: z.string() }),
  output: z.object({ trackingId: z.string() }),
  rejections: {
    ADDRESS_REJECTED: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'LOGISTICS_BACKORDER',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: recall,
});

export const awaitDelivery = defineTask({
  name: 'delivery.await',
  title: 'Carrier delivers',
  kind: 'event',
  lane: 'logistics',
  topic: 'delivery',
  correlation: 'trackingId',
  completedBy: 'delivered',
  rejectedBy: { lost: 'LOST', 'returned-to-sender': 'RETURNED_TO_SENDER', 'not-collected': 'NOT_COLLECTED' },
  input: z.object({ trackingId: z.string() }),
  output: z.object({ deliveredAt: z.string() }),
  rejections: {
    LOST: fallout('LOGISTICS_BACKORDER', { tells: 'HW_BACKORDER' }),
    RETURNED_TO_SENDER: askCustomer({ tells: 'ACTION_REQUIRED' }),
    NOT_COLLECTED: askCustomer({ tells: 'HW_READY_PICKUP' }),
  },
  falloutDesk: 'LOGISTICS_BACKORDER',
  expected: 'P2D',
  timeLimit: 'P14D',
  undo: 'none',
});
