import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deprovision = defineUndo({
  name: 'tv.deprovision',
  title: 'Remove the TV account',
  kind: 'system',
  lane: 'commissioning',
  system: 'tv-middleware',
  desk: 'ACTIVATION_FALLOUT',
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
