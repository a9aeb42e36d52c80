import * as z from 'zod';
import { BARRING_PROFILES } from '#shared/domain/barring.ts';
import { defineOffering } from '../offering.ts';
import { leavingNumber, portIn, wantedNumber } from './numbers.ts';

const none = z.strictObject({});
const simType = z.enum(['esim', 'physical']);
/** Identifier of the eSIM chip (GSMA SGP.22): 32 digits. */
const eid = z
  .string()
  .regex(/^\d{32}$/, 'expected 32 digits')
  .optional();
const addons = z.array(z.enum(['roaming-plus', 'data-5gb', 'multi-sim']));

const newSim = {
  simType: simType.default('esim'),
  numberSource: z.enum(['new', 'port-in']).default('new'),
  eid,
  ...wantedNumber,
  ...portIn,
};

/** What can be changed of any mobile number. */
const changes = {
  addon: z.strictObject({
    addons,
    extraSim: z.boolean().default(false),
    simType: simType.default('esim'),
    eid,
  }),
  sim: z.strictObject({ simType: simType.default('esim'), eid }),
  number: z.strictObject({ ...wantedNumber }),
  barring: z.strictObject({
    barringProfile: z.enum(BARRING_PROFILES).extract(['PREMIUM', 'ROAMING', 'CONTENT']),
  }),
  'lost-stolen': none,
  resume: none,
};

const postpaid = (gigabytes: number) =>
  defineOffering({
    id: `mobile-postpaid-${gigabytes}gb`,
    name: `Mobile subscription, ${gigabytes} GB`,
    product: 'mobile-postpaid',
    add: z.strictObject({
      ...newSim,
      addons: addons.default([]),
      /** A number to use until the customer's own has come. */
      temporaryNumber: z.boolean().default(false),
    }),
    changes: {
      ...changes,
      plan: none,
      /** The order is that of the new owner; the account that pays until then is the old one. */
      owner: z.strictObject({ oldAccountId: z.string().min(1) }),
    },
    remove: none,
    adds: { sells: 'subscription', plan: `POSTPAID-${gigabytes}GB` },
  });

/** Mobile telephony and mobile broadband. */
export const mobileOfferings = [
  postpaid(20),
  postpaid(100),
  defineOffering({
    id: 'mobile-device-5g',
    name: '5G telephone on instalments',
    product: 'mobile-postpaid',
    add: none,
    adds: { sells: 'device', sku: 'PHONE-5G-01' },
  }),
  defineOffering({
    id: 'mobile-postpaid-port-out',
    name: 'Mobile number goes to another operator',
    product: 'mobile-postpaid',
    remove: leavingNumber,
    orderable: false,
    adds: { leaves: 'port-out' },
  }),
  defineOffering({
    id: 'mobile-prepaid',
    name: 'Prepaid card',
    product: 'mobile-prepaid',
    add: z.strictObject({ ...newSim, amount: z.number().positive().max(5000).default(100) }),
    changes: {
      ...changes,
      'top-up': z.strictObject({ subscriberId: z.string().min(1), amount: z.number().positive().max(5000) }),
      'to-postpaid': none,
    },
    adds: { plan: 'PREPAID', prepaid: true },
  }),
  defineOffering({
    id: 'mobile-prepaid-port-out',
    name: 'Prepaid number goes to another operator',
    product: 'mobile-prepaid',
    remove: leavingNumber,
    orderable: false,
    adds: { leaves: 'port-out' },
  }),
  defineOffering({
    id: 'mobile-prepaid-expiry',
    name: 'Prepaid card expires',
    product: 'mobile-prepaid',
    remove: z.strictObject({ expiresAt: z.iso.datetime({ offset: true }) }),
    orderable: false,
    adds: { leaves: 'expiry' },
  }),
  defineOffering({
    id: 'mobile-broadband-5g',
    name: 'Mobile broadband, 5G',
    product: 'mobile-broadband',
    add: z.strictObject({ simType: simType.default('physical'), eid }),
    adds: { plan: 'BROADBAND-5G', sku: 'ROUTER-5G-01' },
  }),
];
