import * as z from 'zod';
import { defineTask, fallout, undoneBy } from './task.ts';

export const deprovision = defineTask({
  name: 'cpe.deprovision',
  title: 'Unbind the device',
  kind: 'system',
  lane: 'commissioning',
  system: 'acs-mdm',
  input: z.object({ deviceId: z.string() }),
  output: z.object({}),
  rejections: {},
  retry: 'standard',
  falloutDesk: 'ACTIVATION_FALLOUT',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('cpe.provision'),
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
    /** `replace`: it takes over the settings of the device that is there. */
    mode: z.enum(['new', 'replace']).optional(),
    /** The device in whose place it comes, as for a parcel that was lost: it is unbound. */
    formerDeviceId: z.string().optional(),
  }),
  output: z.object({ deviceId: z.string() }),
  replaces: { formerDeviceId: 'deviceId' },
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
