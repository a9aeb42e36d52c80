import * as z from 'zod';
import type { Deterministic } from '../deterministic.ts';
import { system } from '../operation.ts';

const resourceInventory = system('resource-inventory');
const accessController = system('access-controller');
const acs = system('acs-mdm');
const aaa = system('aaa');
const activation = system('activation');
const assurance = system('assurance');

const noted = z.string().optional();
const profileInvalid = { PROFILE_INVALID: 'There is no such profile.' };
const unknownService = { UNKNOWN_SERVICE: 'There is no such service.' };

/** An address of the range that operators share (RFC 6598). */
function customerAddress(values: Deterministic): string {
  return `100.${values.integer(64, 127)}.${values.integer(0, 255)}.${values.integer(1, 254)}`;
}

/** OLT, card, port and position on the splitter. */
function linePort(values: Deterministic): string {
  const [olt, card, port, position] = [
    values.integer(1, 400),
    values.integer(1, 16),
    values.integer(1, 16),
    values.integer(1, 64),
  ];
  return `olt-${olt}/${card}/${port}/${position}`;
}

/** Access network, internet, customer equipment, barring and tests. */
export const networkOperations = [
  resourceInventory.operation({
    name: 'resource.assign',
    title: 'Assign a line (port, VLAN, address), or from a named pool an address only',
    input: z.object({
      accessType: z.string().optional(),
      pool: z.string().optional(),
      addressId: z.string(),
      profile: z.string().optional(),
    }),
    output: z.object({
      lineId: z.string().optional(),
      port: z.string().optional(),
      vlan: z.int().optional(),
      ip: z.ipv4(),
      lineProfile: z.string().optional(),
    }),
    rejections: { NO_FREE_PORT: 'All ports are taken.', NO_FREE_IP: 'All addresses are taken.' },
    answer: ({ pool, profile }, { values, claim }) => {
      const ip = claim('ip', () => customerAddress(values));
      if (pool !== undefined) return { ip };
      return {
        lineId: `LN-${values.digits(9)}`,
        port: claim('port', () => linePort(values)),
        vlan: values.integer(100, 3999),
        ip,
        lineProfile: profile ?? 'default',
      };
    },
  }),
  resourceInventory.undo({
    name: 'resource.release',
    title: 'Release port, VLAN and address',
    undoes: ['resource.assign'],
    input: z.object({ lineId: noted, port: noted, ip: noted }),
  }),
  accessController.operation({
    name: 'access.activate',
    title: 'Activate a line',
    input: z.object({
      port: z.string(),
      vlan: z.int().optional(),
      profile: z.string().optional(),
      ontSerial: z.string().optional(),
    }),
    output: z.object({ status: z.enum(['UP']), attenuation: z.number() }),
    rejections: {
      DEVICE_NOT_SEEN: 'No device answers on the line.',
      SERIAL_MISMATCH: 'Another device answers than expected.',
      PORT_FAULTY: 'The port does not work.',
    },
    answer: (_input, { values }) => ({ status: 'UP' as const, attenuation: values.integer(140, 240) / 10 }),
  }),
  accessController.undo({
    name: 'access.deactivate',
    title: 'Deactivate a line',
    undoes: ['access.activate'],
    input: z.object({ port: noted }),
  }),
  accessController.operation({
    name: 'access.modify',
    title: 'Change the profile of a line',
    input: z.object({ port: z.string(), newProfile: z.string() }),
    output: z.object({ previousProfile: z.string() }),
    rejections: { PROFILE_NOT_SUPPORTED: 'The line cannot carry the profile.' },
    answer: (_input, { values }) => ({ previousProfile: values.pick('line-300', 'line-500', 'line-1000') }),
  }),
  accessController.undo({
    name: 'access.modify-revert',
    title: 'Restore the profile of a line',
    undoes: ['access.modify'],
    input: z.object({ port: noted, previousProfile: noted }),
  }),
  acs.operation({
    name: 'cpe.provision',
    title: 'Bind and configure a device; the former one, if it takes its place, is unbound',
    input: z.object({
      serialNumber: z.string(),
      macAddress: z.string().optional(),
      formerDeviceId: z.string().optional(),
    }),
    output: z.object({ deviceId: z.string() }),
    rejections: {
      UNKNOWN_SERIAL: 'There is no device with the serial number.',
      MAC_BOUND_ELSEWHERE: 'The MAC address belongs to another customer.',
      FIRMWARE_TOO_OLD: 'The device must be updated first.',
    },
    answer: ({ serialNumber }, { values }) => ({ deviceId: `${serialNumber}-${values.code(6)}` }),
  }),
  acs.undo({
    name: 'cpe.deprovision',
    title: 'Unbind a device',
    undoes: ['cpe.provision'],
    input: z.object({ deviceId: noted }),
  }),
  aaa.operation({
    name: 'internet.provision',
    title: 'Create an internet account',
    input: z.object({ lineId: z.string(), profile: z.string(), ip: z.string().optional() }),
    output: z.object({ username: z.string(), ip: z.string() }),
    rejections: { DUPLICATE_LINE: 'The line has an account.', ...profileInvalid },
    answer: ({ lineId, ip }, { values }) => ({
      username: `${lineId.toLowerCase()}@bb.example`,
      ip: ip ?? customerAddress(values),
    }),
  }),
  aaa.undo({
    name: 'internet.deprovision',
    title: 'Remove an internet account',
    undoes: ['internet.provision'],
    input: z.object({ username: noted }),
  }),
  aaa.operation({
    name: 'internet.modify',
    title: 'Change an internet account',
    input: z.object({ username: z.string(), profile: noted, lineId: noted, ip: noted }),
    output: z.object({ previousProfile: z.string() }),
    rejections: profileInvalid,
    answer: (_input, { values }) => ({ previousProfile: values.pick('inet-300', 'inet-500', 'inet-1000') }),
  }),
  aaa.undo({
    name: 'internet.modify-revert',
    title: 'Restore an internet account',
    undoes: ['internet.modify'],
    input: z.object({ username: noted, previousProfile: noted }),
  }),
  activation.operation({
    name: 'service.bar',
    title: 'Bar a service; emergency calls go on',
    input: z.object({
      serviceId: z.string(),
      barringProfile: z.string(),
      emergencyCalls: z.literal('open'),
    }),
    output: z.object({ previousBarring: z.string() }),
    rejections: unknownService,
    answer: () => ({ previousBarring: 'NONE' }),
  }),
  activation.operation({
    name: 'service.unbar',
    title: 'Lift a bar',
    undoes: ['service.bar'],
    input: z.object({ serviceId: noted }),
    output: z.object({ barringProfile: z.string() }),
    rejections: unknownService,
    answer: () => ({ barringProfile: 'OUTGOING' }),
  }),
  assurance.operation({
    name: 'service.test',
    title: 'Test a service end to end; answers when the service is online',
    input: z.object({ testSet: z.string(), serviceId: z.string().optional() }),
    output: z.object({ testReport: z.string() }),
    rejections: { TEST_FAILED: 'The service does not do what it should.' },
    answer: ({ testSet }, { values }) => ({
      testReport: `https://assurance.example/reports/${testSet}-${values.code(8)}`,
    }),
  }),
];
