import * as z from 'zod';
import { defineOffering } from '../offering.ts';

const none = z.strictObject({});
/** The access line that a service is put on when the order itself brings no line. */
export const existingLine = { lineId: z.string().min(1).optional() };

const internet = (down: number, up = down) =>
  defineOffering({
    id: `internet-${down}`,
    name: `Internet, ${down} Mbit/s`,
    product: 'internet',
    add: z.strictObject({ ...existingLine }),
    changes: {
      speed: z.strictObject({ direction: z.enum(['up', 'down']).default('up') }),
      'static-ip': z.strictObject({ addIp: z.boolean() }),
      suspend: none,
      resume: none,
    },
    remove: none,
    adds: { profile: `INTERNET-${down}`, speed: `${down}/${up}` },
  });

const router = (id: string, name: string, sku: string) =>
  defineOffering({
    id,
    name,
    product: 'router',
    add: z.strictObject({ upFront: z.boolean().default(false) }),
    changes: { swap: none },
    remove: none,
    adds: { sku },
  });

/** Internet, and the router for it. */
export const internetOfferings = [
  internet(100, 30),
  internet(500),
  internet(1000),
  internet(2500),
  router('router-wifi6', 'Router with Wi-Fi 6', 'ROUTER-WIFI6-01'),
  router('router-wifi7', 'Router with Wi-Fi 7', 'ROUTER-WIFI7-01'),
];
