import * as z from 'zod';
import { defineOffering } from '../offering.ts';

const none = z.strictObject({});
/** On the way up the line changes before the service, on the way down after it. */
const speed = z.strictObject({ direction: z.enum(['up', 'down']).default('up') });
/** A pause has a date at most, and that is the order's requested date. */
const rests = { suspend: none, resume: none };

const fibre = (down: number) =>
  defineOffering({
    id: `fibre-${down}`,
    name: `Fibre line, ${down} Mbit/s`,
    product: 'fibre',
    add: z.strictObject({
      /** How the fibre gets into the house: by a socket that is there, a new drop, or the line of another owner. */
      drop: z.enum(['existing', 'new-build', 'wholesale']).default('existing'),
      selfInstall: z.boolean().default(false),
    }),
    changes: { speed, 'ont-swap': none, move: none, ...rests },
    remove: none,
    adds: { sku: 'ONT-XGS-01', profile: `FIBRE-${down}`, speed: `${down}/${down}` },
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
    changes: { speed, 'migrate-to-fibre': none, fallback: none, ...rests },
    remove: none,
    adds: { profile: `DSL-${down}`, speed: `${down}/${up}` },
  });

const shdsl = (pairs: number, rate: number) =>
  defineOffering({
    id: `shdsl-${rate}`,
    name: `SHDSL line, ${rate} Mbit/s on ${pairs} pairs`,
    product: 'shdsl',
    add: z.strictObject({ access: z.enum(['raw-copper', 'bitstream']).default('raw-copper') }),
    changes: { bonding: z.strictObject({ pairsAdded: z.boolean().default(false) }), move: none, ...rests },
    remove: none,
    adds: { sku: 'MODEM-SHDSL-01', profile: `SHDSL-${rate}`, speed: `${rate}/${rate}`, pairs },
  });

/** Lines into the house. */
export const accessOfferings = [
  fibre(500),
  fibre(1000),
  fibre(2500),
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
