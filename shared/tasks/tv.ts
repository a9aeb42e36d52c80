import * as z from 'zod';
import { defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const deprovision = defineTask({
  name: 'tv.deprovision',
  title: 'Remove the TV account',
  kind: 'system',
  lane: 'commissioning',
  system: 'tv-middleware',
  input: z.object({ tvAccountId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('tv.provision'),
});

export const provision = defineTask({
  name: 'tv.provision',
  title: 'Provision TV',
  kind: 'system',
  lane: 'commissioning',
  system: 'tv-middleware',
  input: z.object({
    accountId: z.string(),
    deviceIds: z.array(z.string()).default([]),
    packages: z.array(z.string()),
  }),
  output: z.object({ tvAccountId: z.string() }),
  rejections: {
    PACKAGE_CONFLICT: fallout('TV_OPS'),
    DEVICE_UNKNOWN: fallout('TV_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'TV_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: deprovision,
});

export const revert = defineUndo({
  name: 'tv.modify-revert',
  title: 'Restore the TV account',
  kind: 'system',
  lane: 'commissioning',
  system: 'tv-middleware',
  desk: 'ACTIVATION_FALLOUT',
});

export const modify = defineTask({
  name: 'tv.modify',
  title: 'Change the TV account',
  kind: 'system',
  lane: 'commissioning',
  system: 'tv-middleware',
  input: z.object({
    tvAccountId: z.string(),
    change: z.enum(['packages', 'device-limit', 'replace-device', 'add-vod', 'remove-vod']),
    packages: z.array(z.string()).optional(),
    deviceIds: z.array(z.string()).optional(),
  }),
  output: z.object({ previousEntitlements: z.array(z.string()) }),
  rejections: { PACKAGE_CONFLICT: fallout('TV_OPS') },
  retry: 'standard',
  falloutDesk: 'TV_OPS',
  expected: 'PT30S',
  timeLimit: 'PT1M',
  undo: revert,
});
