import * as z from 'zod';
import { defineOffering } from '../offering.ts';

const none = z.strictObject({});

const hardware = (id: string, name: string, sku: string) =>
  defineOffering({
    id,
    name,
    product: 'hardware',
    add: z.strictObject({ upFront: z.boolean().default(true) }),
    changes: { warranty: z.strictObject({ fault: z.string().min(1).max(500) }) },
    remove: none,
    adds: { sku },
  });

/** Hardware that is sold, and technicians. */
export const serviceOfferings = [
  hardware('wifi-extender', 'Wi-Fi extender', 'WIFI-EXTENDER-01'),
  hardware('cable-kit', 'Cable kit', 'CABLE-KIT-01'),
  defineOffering({
    id: 'technician-install',
    name: 'Technician installs Wi-Fi, TV or an extra outlet',
    product: 'technician',
    add: z.strictObject({ window: z.string().min(1).optional() }),
    adds: { visit: 'install', sku: 'CABLE-KIT-01' },
  }),
  defineOffering({
    id: 'technician-repair',
    name: 'Technician repairs a fault',
    product: 'technician',
    add: z.strictObject({ window: z.string().min(1).optional() }),
    adds: { visit: 'repair' },
  }),
  defineOffering({
    id: 'technician-reschedule',
    name: 'A booked visit is moved or cancelled',
    product: 'technician',
    add: z.strictObject({
      appointmentId: z.string().min(1),
      cancelOnly: z.boolean().default(false),
      window: z.string().min(1).optional(),
    }),
    adds: { visit: 'reschedule' },
  }),
];
