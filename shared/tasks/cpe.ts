import * as z from 'zod';
import { defineTask, defineUndo, fallout } from './task.ts';

export const deprovision = defineUndo({
  name: 'cpe.deprovision',
  title: 'Unbind the device',
  kind: 'system',
  lane: 'commissioning',
  system: 'acs-mdm',
  desk: 'ACTIVATION_FALLOUT',
});

export const provision = defineTask({
  name: 'cpe.provision',
  title: 'Provision the device',
  kind: 'system',
  lane: 'commissioning',
  system: 'acs-mdm',
  input: z.object({
    serialNumber: z.string(),
    macAddress: z.string().optional(),
    deviceType: z.string(),
    config: z.string().optional(),
  }),
  output: z.object({ deviceId: z.string() }),
  rejections: {
    UNKNOWN_SERIAL: fallout('ACTIVATION_FALLOUT'),
    MAC_BOUND_ELSEWHERE: fallout('LOGISTICS_RETURNS'),
    FIRMWARE_TOO_OLD: fallout('TV_OPS'),
  },
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: deprovision,
});
