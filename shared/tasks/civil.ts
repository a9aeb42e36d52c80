import * as z from 'zod';
import { askCustomer, defineTask, defineUndo, failItem, fallout } from './task.ts';

export const survey = defineTask({
  name: 'civil.survey',
  title: 'Survey the route',
  kind: 'manual',
  lane: 'field',
  desk: 'FIBRE_PLANNING',
  input: z.object({ addressId: z.string() }),
  output: z.object({
    route: z.string().min(1).max(2000),
    digMetres: z.number().min(0).max(5000),
    extraCost: z.boolean(),
    /** DKK above the standard price. */
    extraCostAmount: z.number().min(0).max(1_000_000).optional(),
    permitNeeded: z.boolean(),
    note: z.string().max(2000).optional(),
  }),
  sets: ['extraCost', 'permitNeeded'],
  rejections: {
    NOT_FEASIBLE: failItem({ tells: 'NOT_SERVICEABLE' }),
    LANDOWNER_REFUSED: fallout('CIVIL_COORDINATION'),
  },
  expected: 'P5D',
  timeLimit: 'P15D',
  undo: 'none',
});

export const withdrawPermit = defineUndo({
  name: 'civil.permit-withdraw',
  title: 'Withdraw the permit',
  kind: 'manual',
  lane: 'field',
  system: 'milepost',
  desk: 'CIVIL_COORDINATION',
});

export const applyForPermit = defineTask({
  name: 'civil.apply-permit',
  title: 'Apply for the permit',
  kind: 'system',
  lane: 'field',
  system: 'municipality',
  input: z.object({ route: z.string() }),
  output: z.object({ permitApplicationId: z.string() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'CIVIL_COORDINATION',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: withdrawPermit,
});

export const awaitPermit = defineTask({
  name: 'civil.await-permit',
  title: 'Municipality grants the permit',
  kind: 'event',
  lane: 'field',
  topic: 'permit',
  correlation: 'permitApplicationId',
  completedBy: 'granted',
  rejectedBy: { denied: 'PERMIT_DENIED' },
  input: z.object({ permitApplicationId: z.string() }),
  output: z.object({
    permitRef: z.string(),
    validFrom: z.string().optional(),
    validTo: z.string().optional(),
  }),
  rejections: { PERMIT_DENIED: fallout('FIBRE_PLANNING') },
  falloutDesk: 'CIVIL_COORDINATION',
  expected: 'P15D',
  timeLimit: 'P60D',
  undo: 'none',
});

export const orderBuild = defineTask({
  name: 'civil.order-build',
  title: 'Order the digging',
  kind: 'system',
  lane: 'field',
  system: 'contractor',
  input: z.object({ route: z.string(), permitRef: z.string().optional(), addressId: z.string() }),
  output: z.object({ buildOrderId: z.string() }),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'CIVIL_COORDINATION',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: 'irreversible',
});

export const awaitBuild = defineTask({
  name: 'civil.await-build',
  title: 'Contractor digs',
  kind: 'event',
  lane: 'field',
  topic: 'build',
  correlation: 'buildOrderId',
  completedBy: 'done',
  rejectedBy: { 'ground-frozen': 'GROUND_FROZEN', damage: 'DAMAGE', 'no-access': 'NO_ACCESS' },
  input: z.object({ buildOrderId: z.string() }),
  output: z.object({ asBuilt: z.string(), boxSerial: z.string(), note: z.string().optional() }),
  rejections: {
    GROUND_FROZEN: fallout('CIVIL_COORDINATION', { tells: 'ORDER_DELAYED' }),
    DAMAGE: fallout('CIVIL_COORDINATION'),
    NO_ACCESS: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  falloutDesk: 'CIVIL_COORDINATION',
  expected: 'P20D',
  timeLimit: 'P120D',
  undo: 'irreversible',
});

export const splice = defineTask({
  name: 'fibre.splice',
  title: 'Splice and patch the fibre',
  kind: 'manual',
  lane: 'field',
  desk: 'FIBRE_SPLICE',
  input: z.object({ asBuilt: z.string() }),
  output: z.object({
    odfPort: z.string().min(1).max(100),
    lossDb: z.number().min(0).max(30),
    photo: z.string().max(500).optional(),
    note: z.string().max(2000).optional(),
  }),
  rejections: {
    LOSS_TOO_HIGH: fallout('NETWORK_ENGINEERING'),
    NO_FREE_FIBER: fallout('FIBRE_PLANNING'),
  },
  expected: 'P2D',
  timeLimit: 'P5D',
  undo: 'irreversible',
});
