import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deactivate = defineUndo({
  name: 'access.deactivate',
  title: 'Deactivate the line',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  desk: 'ACTIVATION_FALLOUT',
});

export const activate = defineTask({
  name: 'access.activate',
  title: 'Activate the line',
  kind: 'system',
  lane: 'commissioning',
  system: 'access-controller',
  input: z.object({ port: z.string(), vlan: z.int(), profile: z.string(), ontSerial: z.string().optional() }),
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
