import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const revert = defineUndo({
  name: 'inventory.revert',
  title: 'Restore the inventory',
  kind: 'system',
  lane: 'management',
  system: 'inventory',
  desk: 'SUPERVISOR',
});

export const unlock = defineTask({
  name: 'asset.unlock',
  title: 'Release the asset',
  kind: 'system',
  lane: 'management',
  system: 'inventory',
  input: z.object({ lockId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: 'none',
});

export const lock = defineTask({
  name: 'asset.lock',
  title: 'Lock the asset',
  kind: 'system',
  lane: 'management',
  system: 'inventory',
  input: z.object({
    installedProductId: z.string().optional(),
    product: z.string(),
    addressId: z.string().optional(),
    order: z.string(),
  }),
  output: z.object({ lockId: z.string() }),
  rejections: {
    ASSET_IN_FLIGHT: fallout('ORDER_DESK'),
  },
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: unlock,
});

export const update = defineTask({
  name: 'inventory.update',
  title: 'Update the inventory',
  kind: 'system',
  lane: 'management',
  system: 'inventory',
  input: z.object({
    suborder: z.string(),
    product: z.string(),
    newState: z.enum(['active', 'terminated']),
    attributes: z.record(z.string(), z.unknown()).default({}),
  }),
  output: z.object({ installedProductId: z.string() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: revert,
});
