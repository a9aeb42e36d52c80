import * as z from 'zod';
import { defineTask, defineUndo, fallout, undoneBy } from './task.ts';

export const deactivate = defineTask({
  name: 'access.deactivate',
  title: 'Deactivate the line',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  input: z.object({ port: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('access.activate'),
});

export const activate = defineTask({
  name: 'access.activate',
  title: 'Activate the line',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  input: z.object({
    port: z.string(),
    vlan: z.int().optional(),
    profile: z.string().optional(),
    ontSerial: z.string().optional(),
  }),
  output: z.object({ status: z.string(), attenuation: z.number().optional() }),
  rejections: {
    DEVICE_NOT_SEEN: fallout('ACTIVATION_FALLOUT'),
    SERIAL_MISMATCH: fallout('ACTIVATION_FALLOUT'),
    PORT_FAULTY: fallout('NETWORK_ENGINEERING'),
  },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT2M',
  timeLimit: 'PT1M',
  undo: deactivate,
});

export const revert = defineUndo({
  name: 'access.modify-revert',
  title: 'Restore the line profile',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  desk: 'ACTIVATION_FALLOUT',
});

export const modify = defineTask({
  name: 'access.modify',
  title: 'Change the line profile',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  input: z.object({ port: z.string(), newProfile: z.string() }),
  output: z.object({ previousProfile: z.string() }),
  rejections: { PROFILE_NOT_SUPPORTED: fallout('NETWORK_ENGINEERING') },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT2M',
  timeLimit: 'PT1M',
  undo: revert,
});
