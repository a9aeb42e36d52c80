import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

/** What the inventory keeps of an installed product, so that what changes or ends it finds it again. */
const INSTALLED = {
  lineId: z.string().optional(),
  port: z.string().optional(),
  vlan: z.int().optional(),
  ip: z.string().optional(),
  wholesaleOrderId: z.string().optional(),
  jumperRef: z.string().optional(),
  serialNumber: z.string().optional(),
  macAddress: z.string().optional(),
  deviceId: z.string().optional(),
  username: z.string().optional(),
  sipUri: z.string().optional(),
  number: z.string().optional(),
  tvAccountId: z.string().optional(),
  packages: z.array(z.string()).optional(),
  subscriberId: z.string().optional(),
  iccid: z.string().optional(),
  imsi: z.string().optional(),
  plan: z.string().optional(),
  paymentRef: z.string().optional(),
  /** Of hardware that was sold: when the customer got it, and whether it was paid when it was ordered. */
  deliveredAt: z.string().optional(),
  paidUpFront: z.boolean().optional(),
};

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
    /** Finds the product when only its number is known, as when it is to be ported out. */
    installedNumber: z.string().optional(),
    product: z.string(),
    order: z.string(),
  }),
  output: z.object({
    lockId: z.string(),
    installedProductId: z.string().optional(),
    ...INSTALLED,
    /** Whose it is, which an order that follows from an event may not say. */
    accountId: z.string().optional(),
    customerId: z.string().optional(),
    /** When the contract can end, and when the period ends that is paid for. */
    noticeEnds: z.string().optional(),
    periodEnds: z.string().optional(),
    wholesaleNet: z.boolean().optional(),
    rawCopper: z.boolean().optional(),
    portedIn: z.boolean().optional(),
    filterBased: z.boolean().optional(),
  }),
  sets: ['wholesaleNet', 'rawCopper', 'portedIn', 'filterBased', 'paidUpFront'],
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
    installedProductId: z.string().optional(),
    newState: z.enum(['active', 'suspended', 'terminated', 'returned']),
    ...INSTALLED,
  }),
  output: z.object({ installedProductId: z.string() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: revert,
});

/** What an account has, as when all of it is to end. */
export const list = defineTask({
  name: 'inventory.list',
  title: 'List what the account has',
  kind: 'system',
  lane: 'management',
  system: 'inventory',
  input: z.object({ accountId: z.string() }),
  output: z.object({
    liveProducts: z.array(z.object({ id: z.string(), offering: z.string() })),
    /** Of the hardware that is to come back. */
    serialNumber: z.string().optional(),
  }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ORDER_DESK',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: 'none',
});
