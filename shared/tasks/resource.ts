import * as z from 'zod';
import { defineTask, fallout, undoneBy } from './task.ts';

export const release = defineTask({
  name: 'resource.release',
  title: 'Release the network resources',
  kind: 'system',
  lane: 'commissioning',
  system: 'resource-inventory',
  input: z.object({ lineId: z.string().optional(), port: z.string().optional(), ip: z.string().optional() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('resource.assign'),
});

export const assign = defineTask({
  name: 'resource.assign',
  title: 'Assign network resources',
  kind: 'system',
  lane: 'commissioning',
  system: 'resource-inventory',
  input: z.object({
    accessType: z.string().optional(),
    pool: z.string().optional(),
    addressId: z.string(),
    profile: z.string(),
  }),
  output: z.object({
    lineId: z.string().optional(),
    port: z.string().optional(),
    vlan: z.int().optional(),
    ip: z.string().optional(),
    lineProfile: z.string().optional(),
  }),
  rejections: {
    NO_FREE_PORT: fallout('NETWORK_ENGINEERING'),
    NO_FREE_IP: fallout('NETWORK_ENGINEERING'),
  },
  retry: 'standard',
  falloutDesk: 'NETWORK_ENGINEERING',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: release,
});
