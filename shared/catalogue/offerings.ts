import * as z from 'zod';
import { defineOffering, type Offering } from './offering.ts';

export {
  type CharacteristicsResult,
  defineOffering,
  type Offering,
  type Variant,
  validateCharacteristics,
  variantsOf,
} from './offering.ts';

/** The access line that a service is put on when the order itself brings no line. */
const existingLine = { lineId: z.string().min(1).optional() };

/** What the customer would like the number to look like. */
const wantedNumber = { preference: z.string().min(1).max(20).optional() };

/** What can be ordered. Values without a flow (`drop: new-build`) are known words: they are refused with that reason. */
export const OFFERINGS: readonly Offering[] = [
  defineOffering({
    id: 'fibre-1000',
    name: 'Fibre line, 1000 Mbit/s',
    product: 'fibre',
    add: z.strictObject({
      drop: z.enum(['existing', 'new-build']).default('existing'),
      selfInstall: z.boolean().default(false),
    }),
    adds: { sku: 'ONT-XGS-01', profile: 'FIBRE-1000', speed: '1000/1000' },
  }),
  defineOffering({
    id: 'internet-1000',
    name: 'Internet, 1000 Mbit/s',
    product: 'internet',
    add: z.strictObject({ ...existingLine }),
    adds: { profile: 'INTERNET-1000', speed: '1000/1000' },
  }),
  defineOffering({
    id: 'router-wifi7',
    name: 'Router with Wi-Fi 7',
    product: 'router',
    add: z.strictObject({ upFront: z.boolean().default(false) }),
    adds: { sku: 'ROUTER-WIFI7-01' },
  }),
  defineOffering({
    id: 'set-top-box-4k',
    name: 'Set-top box, 4K',
    product: 'set-top-box',
    add: z.strictObject({}),
    adds: { sku: 'STB-4K-01' },
  }),
  defineOffering({
    id: 'iptv-basic',
    name: 'IPTV, basic channels',
    product: 'iptv',
    add: z.strictObject({}),
    adds: { packages: ['BASIC'] },
  }),
  defineOffering({
    id: 'voip-home',
    name: 'Telephone at home',
    product: 'voip',
    add: z.strictObject({
      numberSource: z.enum(['new']).default('new'),
      features: z.array(z.enum(['voicemail', 'call-forwarding', 'caller-id', 'secret-number'])).default([]),
      ...wantedNumber,
      ...existingLine,
      /** The router that holds the SIP client, when the order itself brings none. */
      serialNumber: z.string().min(1).optional(),
      macAddress: z.string().min(1).optional(),
    }),
    adds: {},
  }),
  defineOffering({
    id: 'mobile-postpaid-20gb',
    name: 'Mobile subscription, 20 GB',
    product: 'mobile-postpaid',
    add: z.strictObject({
      simType: z.enum(['esim']).default('esim'),
      numberSource: z.enum(['new']).default('new'),
      /** Identifier of the eSIM chip (GSMA SGP.22): 32 digits. */
      eid: z
        .string()
        .regex(/^\d{32}$/, 'expected 32 digits')
        .optional(),
      addons: z.array(z.enum(['roaming-plus', 'data-5gb', 'multi-sim'])).default([]),
      ...wantedNumber,
    }),
    adds: { plan: 'POSTPAID-20GB' },
  }),
];

const byId = new Map(OFFERINGS.map((offering) => [offering.id, offering]));

/** The offering of this id, or undefined. */
export const findOffering = (id: string): Offering | undefined => byId.get(id);
