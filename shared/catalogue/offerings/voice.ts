import * as z from 'zod';
import { defineOffering } from '../offering.ts';
import { existingLine } from './internet.ts';
import { leavingNumber, portIn, telephoneNumber, wantedNumber } from './numbers.ts';

const none = z.strictObject({});
const features = z.array(z.enum(['voicemail', 'call-forwarding', 'caller-id', 'secret-number']));

/** Telephony at home, and numbers. */
export const voiceOfferings = [
  defineOffering({
    id: 'voip-home',
    name: 'Telephone at home',
    product: 'voip',
    add: z.strictObject({
      numberSource: z.enum(['new', 'port-in']).default('new'),
      features: features.default([]),
      ...wantedNumber,
      ...portIn,
      ...existingLine,
      /** The router that holds the SIP client, when the order itself brings none. */
      serialNumber: z.string().min(1).optional(),
      macAddress: z.string().min(1).optional(),
    }),
    changes: {
      features: z.strictObject({ features, directoryChanged: z.boolean().default(false) }),
      number: z.strictObject({ ...wantedNumber }),
    },
    remove: none,
    adds: {},
  }),
  defineOffering({
    id: 'voip-port-out',
    name: 'Number at home goes to another operator',
    product: 'voip',
    remove: leavingNumber,
    orderable: false,
    adds: { leaves: 'port-out' },
  }),
  defineOffering({
    id: 'number-return',
    name: 'Number goes back to its range holder',
    product: 'number',
    add: z.strictObject({ number: telephoneNumber }),
    adds: { task: 'return' },
  }),
  defineOffering({
    id: 'number-routing-change',
    name: 'Numbers get another routing',
    product: 'number',
    add: z.strictObject({
      numbers: z.array(telephoneNumber).min(1).max(10_000),
      newRouting: z.string().min(1).max(20),
    }),
    adds: { task: 'change' },
  }),
  defineOffering({
    id: 'number-restore',
    name: 'Number that left by mistake comes back',
    product: 'number',
    add: z.strictObject({
      number: telephoneNumber,
      cause: z.enum(['mistake', 'fraud']),
      mobile: z.boolean().default(false),
      imsi: z.string().min(1).default('TEMPORARY'),
      authorityRef: z.string().min(1),
    }),
    adds: { task: 'restore', plan: 'TEMPORARY' },
  }),
];
