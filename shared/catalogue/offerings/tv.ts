import * as z from 'zod';
import { defineOffering } from '../offering.ts';

const none = z.strictObject({});

const channels = (id: string, name: string, packages: readonly string[]) => [
  defineOffering({
    id: `iptv-${id}`,
    name: `IPTV, ${name}`,
    product: 'iptv',
    add: none,
    changes: { package: none },
    remove: none,
    adds: { packages },
  }),
  defineOffering({
    id: `cable-tv-${id}`,
    name: `Cable TV, ${name}`,
    product: 'cable-tv',
    add: z.strictObject({
      /** Whether the outlet is connected, or a technician has to make one. */
      outlet: z.enum(['live', 'new']).default('live'),
    }),
    changes: { package: none, move: none },
    remove: none,
    adds: { packages, profile: `TV-${id.toUpperCase()}` },
  }),
];

const box = (id: string, name: string, sku: string) =>
  defineOffering({
    id: `set-top-box-${id}`,
    name: `Set-top box, ${name}`,
    product: 'set-top-box',
    add: z.strictObject({
      /** One more box beside another. */
      extra: z.boolean().default(false),
      /** The TV account that the extra box is for, unless the order itself brings one. */
      existingAccount: z.boolean().default(false),
      tvAccountId: z.string().min(1).optional(),
    }),
    changes: { swap: none },
    remove: none,
    adds: { sku },
  });

/** Television. */
export const tvOfferings = [
  ...channels('basic', 'basic channels', ['BASIC']),
  ...channels('full', 'all channels', ['BASIC', 'MEDIUM', 'FULL']),
  box('4k', '4K', 'STB-4K-01'),
  box('hd', 'HD', 'STB-HD-01'),
  defineOffering({
    id: 'vod-film',
    name: 'Video on demand, films',
    product: 'vod',
    add: z.strictObject({
      payPerView: z.boolean().default(false),
      partnerAccount: z.boolean().default(false),
      /** The TV account that it is added to, when the order itself brings none. */
      tvAccountId: z.string().min(1).optional(),
    }),
    remove: none,
    adds: { packages: ['VOD-FILM'] },
  }),
];
