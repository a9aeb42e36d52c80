import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const release = defineUndo({
  name: 'stock.release',
  title: 'Release the reservation',
  kind: 'system',
  lane: 'logistics',
  system: 'warehouse',
  desk: 'SUPERVISOR',
});

export const reserve = defineTask({
  name: 'stock.reserve',
  title: 'Reserve from stock',
  kind: 'system',
  lane: 'logistics',
  system: 'warehouse',
  input: z.object({ sku: z.string(), quantity: z.int().positive().default(1), site: z.string().optional() }),
  output: z.object({ reservationId: z.string(), eta: z.string().optional() }),
  rejections: {
    OUT_OF_STOCK: fallout('LOGISTICS_BACKORDER', { tells: 'HW_BACKORDER' }),
    SKU_DISCONTINUED: fallout('ORDER_DESK'),
  },
  retry: 'standard',
  falloutDesk: 'LOGISTICS_BACKORDER',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: release,
});
