import * as z from 'zod';
import { defineTask, failItem, fallout } from './task.ts';

export const check = defineTask({
  name: 'serviceability.check',
  title: 'Qualify the address',
  kind: 'system',
  lane: 'management',
  system: 'address-qual',
  input: z.object({ addressId: z.string(), technology: z.string(), speed: z.string().optional() }),
  output: z.object({
    qualified: z.boolean(),
    maxSpeed: z.string().optional(),
    leadTimeClass: z.string().optional(),
    socketExists: z.boolean().optional(),
    liveOutlet: z.boolean().optional(),
    wholesaleNet: z.boolean().optional(),
    rawCopper: z.boolean().optional(),
  }),
  sets: ['socketExists', 'liveOutlet', 'wholesaleNet', 'rawCopper'],
  rejections: {
    NOT_SERVICEABLE: failItem({ tells: 'NOT_SERVICEABLE' }),
    ADDRESS_UNKNOWN: fallout('ORDER_DESK'),
    CAPACITY_FULL: fallout('NETWORK_ENGINEERING'),
  },
  retry: 'standard',
  falloutDesk: 'NETWORK_ENGINEERING',
  expected: 'PT5S',
  timeLimit: 'PT1M',
  undo: 'none',
});
