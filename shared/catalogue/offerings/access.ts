import * as z from 'zod';
import { defineOffering } from '../offering.ts';

const none = z.strictObject({});
/** A pause has a date at most, and that is the order's requested date. */
const rests = { suspend: none, resume: none };

const fibre = (speed: 'FIBRE-500' | 'FIBRE-1000' | 'FIBRE-2500', down: number) =>
  defineOffering({
    id: `fibre-${down}`,
    name: `Fibre line, ${down} Mbit/s`,
    product: 'fibre',
    add: z.strictObject({
      /** How the fibre gets into the house: by a socket that is there, a new drop, or the line of another owner. */
      drop: z.enum(['existing', 'new-build', 'wholesale']).default('existing'),
      selfInstall: z.boolean().default(false),
    }),
    changes: { speed: none, 'ont-swap': none, move: none, ...rests },
    remove: none,
    adds: { sku: 'ONT-XGS-01', profile: speed, speed: `${down}/${down}` },
  });

const xdsl = (down: number, up: number) =>
  defineOffering({
    id: `dsl-${down}`,
    name: `DSL line, ${down} Mbit/s`,
    product: 'xdsl',
    add: z.strictObject({
      /** Who connects the line: the customer, or a technician. */
      install: z.enum(['self', 'technician']).default('self'),
    }),
    changes: { speed: none, 'migrate-to-fibre': none, fallback: none, ...rests },
    remove: none,
    adds: { profile: `DSL-${down}`, speed: `${down}/${up}` },
  });

const shdsl = (pairs: number, speed: number) =>
  defineOffering({
    id: `shdsl-${speed}`,
    name: `SHDSL line, ${speed} Mbit/s on ${pairs} pairs`,
    product: 'shdsl',
    add: z.strictObject({ access: z.enum(['raw-copper', 'bitstream']).default('raw-copper') }),
    changes: { bonding: z.strictObject({ pairsAdded: z.boolean().default(false) }), move: none, ...rests },
    remove: none,
    adds: { sku: 'MODEM-SHDSL-01', profile: `SHDSL-${speed}`, speed: `${speed}/${speed}`, pairs },
  });

/** Lines into the house. */
export const accessOfferings = [
  fibre('FIBRE-500', 500),
  fibre('FIBRE-1000', 1000),
  fibre('FIBRE-2500', 2500),
  xdsl(50, 10),
  xdsl(100, 30),
  shdsl(1, 5),
  shdsl(4, 20),
  defineOffering({
    id: 'coax-1000',
    name: 'Cable broadband line, 1000 Mbit/s',
    product: 'coax',
    add: none,
    changes: rests,
    remove: none,
    adds: { sku: 'MODEM-DOCSIS-01', profile: 'DOCSIS-1000', speed: '1000/100' },
  }),
];
