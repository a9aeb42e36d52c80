import * as z from 'zod';
import { defineTask, fallout } from './task.ts';

export const awaitLineDate = defineTask({
  name: 'wholesale.await-date',
  title: 'Network owner confirms the line date',
  kind: 'event',
  lane: 'commissioning',
  topic: 'line-order',
  correlation: 'wholesaleOrderId',
  completedBy: 'date-confirmed',
  rejectedBy: { rejected: 'REJECTED', 'cancelled-by-owner': 'CANCELLED_BY_OWNER' },
  input: z.object({ wholesaleOrderId: z.string() }),
  output: z.object({ confirmedDate: z.iso.datetime({ offset: true }), lineId: z.string().optional() }),
  rejections: {
    REJECTED: fallout('NETWORK_ENGINEERING'),
    CANCELLED_BY_OWNER: fallout('NETWORK_ENGINEERING'),
  },
  falloutDesk: 'NETWORK_ENGINEERING',
  expected: 'P5D',
  timeLimit: 'P30D',
  undo: 'none',
});
