import * as z from 'zod';
import { system, workingDay } from '../operation.ts';

const warehouse = system('warehouse');
const carrier = system('carrier');

/** Warehouse and parcels. */
export const logisticsOperations = [
  warehouse.operation({
    name: 'stock.reserve',
    title: 'Reserve units of a product',
    input: z.object({
      sku: z.string(),
      quantity: z.int().positive().default(1),
      site: z.string().optional(),
    }),
    output: z.object({ reservationId: z.string(), eta: z.iso.date() }),
    rejections: {
      OUT_OF_STOCK: 'There are not enough units.',
      SKU_DISCONTINUED: 'The product is no longer stocked.',
    },
    answer: (_input, { values, now }) => ({
      reservationId: `RES-${values.digits(8)}`,
      eta: workingDay(now, values.integer(1, 2)),
    }),
  }),
  warehouse.undo({
    name: 'stock.release',
    title: 'Release a reservation',
    undoes: ['stock.reserve'],
    input: z.object({ reservationId: z.string().optional() }),
  }),
  carrier.operation({
    name: 'logistics.ship',
    title: 'Ship a parcel',
    input: z.object({ addressId: z.string().optional(), serialNumber: z.string().optional() }),
    output: z.object({ trackingId: z.string() }),
    rejections: { ADDRESS_REJECTED: 'The carrier does not deliver to the address.' },
    answer: (_input, { values }) => ({ trackingId: `00370730${values.digits(12)}` }),
  }),
  carrier.undo({
    name: 'logistics.recall',
    title: 'Stop a parcel, or have it sent back',
    undoes: ['logistics.ship'],
    input: z.object({ trackingId: z.string().optional() }),
  }),
  carrier.operation({
    name: 'return.request',
    title: 'Make a return label',
    input: z.object({ serialNumber: z.string().optional(), addressId: z.string().optional() }),
    output: z.object({ returnId: z.string(), label: z.url() }),
    rejections: { UNKNOWN_DEVICE: 'The device was never sent out.' },
    answer: (_input, { values }) => {
      const returnId = `RET-${values.digits(8)}`;
      return { returnId, label: `https://carrier.example/labels/${returnId}.pdf` };
    },
  }),
  carrier.undo({
    name: 'return.cancel',
    title: 'Void a return label',
    undoes: ['return.request'],
    input: z.object({ returnId: z.string().optional() }),
  }),
];
