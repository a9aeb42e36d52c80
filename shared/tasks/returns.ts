import * as z from 'zod';
import { cancelItem, continueWithFlag, defineTask, defineUndo, fallout } from './task.ts';

/**
 * What was never delivered by us has no period that could be over.
 * @throws BusinessRejection `PERIOD_OVER`: the 14 days after delivery are over
 */
export const checkWithdrawal = defineTask({
  name: 'return.check-withdrawal',
  title: 'Check the withdrawal period',
  kind: 'system',
  lane: 'logistics',
  system: 'milepost',
  input: z.object({ deliveredAt: z.string().optional(), orderDate: z.string() }),
  output: z.object({}),
  rejections: { PERIOD_OVER: cancelItem({ tells: 'WITHDRAWAL_REFUSED' }) },
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const cancel = defineUndo({
  name: 'return.cancel',
  title: 'Void the return label',
  kind: 'system',
  lane: 'logistics',
  system: 'carrier',
  desk: 'SUPERVISOR',
});

export const request = defineTask({
  name: 'return.request',
  title: 'Ask for the hardware back',
  kind: 'system',
  lane: 'logistics',
  system: 'carrier',
  input: z.object({ serialNumber: z.string(), addressId: z.string() }),
  output: z.object({ returnId: z.string(), label: z.string() }),
  rejections: { UNKNOWN_DEVICE: fallout('LOGISTICS_RETURNS') },
  retry: 'standard',
  falloutDesk: 'LOGISTICS_RETURNS',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: cancel,
});

export const awaitReturn = defineTask({
  name: 'return.await',
  title: 'Hardware comes back',
  kind: 'event',
  lane: 'logistics',
  topic: 'return',
  correlation: 'returnId',
  completedBy: 'received',
  rejectedBy: {},
  onDeadline: 'NOT_RETURNED',
  input: z.object({ returnId: z.string() }),
  output: z.object({ receivedAt: z.string() }),
  rejections: { NOT_RETURNED: continueWithFlag('notReturned') },
  falloutDesk: 'LOGISTICS_RETURNS',
  expected: 'P10D',
  timeLimit: 'P30D',
  undo: 'none',
});

export const inspect = defineTask({
  name: 'return.inspect',
  title: 'Inspect the returned unit',
  kind: 'manual',
  lane: 'logistics',
  desk: 'LOGISTICS_RETURNS',
  input: z.object({ returnId: z.string(), serialNumber: z.string() }),
  output: z.object({
    returnedSerialNumber: z.string(),
    grade: z.enum(['A', 'B', 'SCRAP']),
    action: z.enum(['RESTOCK', 'REFURBISH', 'SCRAP']),
    note: z.string().max(2000).optional(),
  }),
  rejections: {
    WRONG_DEVICE: fallout('LOGISTICS_RETURNS'),
    DAMAGED: continueWithFlag('damaged'),
  },
  expected: 'P1D',
  timeLimit: 'P3D',
  undo: 'none',
});
