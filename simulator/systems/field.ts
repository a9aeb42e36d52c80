import * as z from 'zod';
import { system, workingDay } from '../operation.ts';

const wfm = system('wfm');
const networkOwner = system('network-owner');
const municipality = system('municipality');
const contractor = system('contractor');

const DAY = 86_400_000;

/** Technicians, civil works, and lines of other network owners. */
export const fieldOperations = [
  wfm.operation({
    name: 'appointment.book',
    title: 'Book a technician',
    input: z.object({
      addressId: z.string(),
      skill: z.string(),
      window: z.string().optional(),
      requestedDate: z.string().optional(),
    }),
    output: z.object({ appointmentId: z.string(), slot: z.string() }),
    rejections: {
      NO_SLOTS: 'There is no free slot in the window.',
      CUSTOMER_UNREACHABLE: 'The customer could not be asked.',
    },
    answer: ({ requestedDate }, { values, now }) => {
      const hour = values.pick('08', '10', '12', '14');
      const end = String(Number(hour) + 2).padStart(2, '0');
      const soonest = now + values.integer(3, 7) * DAY;
      const wished = requestedDate === undefined ? soonest : Date.parse(requestedDate);
      const date = workingDay(Math.max(soonest, wished), 0);
      return { appointmentId: `APT-${values.digits(7)}`, slot: `${date}T${hour}:00/${date}T${end}:00` };
    },
  }),
  wfm.operation({
    name: 'appointment.cancel',
    title: 'Cancel an appointment; says whether that is less than a day before it',
    undoes: ['appointment.book'],
    input: z.object({ appointmentId: z.string().optional() }),
    output: z.object({ lateChange: z.boolean() }),
    rejections: { UNDO_FAILED: 'The technician is on the way.' },
    answer: () => ({ lateChange: false }),
  }),
  wfm.operation({
    name: 'field.dispatch',
    title: 'Send a technician',
    input: z.object({ appointmentId: z.string(), workSpec: z.string().optional() }),
    output: z.object({ workOrderId: z.string() }),
    rejections: { SKILL_UNAVAILABLE: 'No technician has the skill.' },
    answer: (_input, { values }) => ({ workOrderId: `WO-${values.digits(7)}` }),
  }),
  wfm.undo({
    name: 'field.cancel',
    title: 'Call a technician back',
    undoes: ['field.dispatch'],
    input: z.object({ workOrderId: z.string().optional() }),
  }),
  networkOwner.operation({
    name: 'wholesale.order',
    title: 'Order a line from a network owner',
    input: z.object({
      addressId: z.string(),
      product: z.string().optional(),
      requestedDate: z.string().optional(),
      mode: z.enum(['GIG', 'GDS', 'FALLBACK']),
      rush: z.boolean().optional(),
    }),
    output: z.object({ wholesaleOrderId: z.string(), ackDate: z.iso.date() }),
    rejections: {
      REJECTED_ADDRESS: 'The address is not known to the owner.',
      NO_LINE: 'There is no line.',
      LINE_IN_USE: 'The line is in use by someone else.',
      DATE_NOT_POSSIBLE: 'The date cannot be kept.',
    },
    answer: (_input, { values, now }) => ({
      wholesaleOrderId: `WS-${values.digits(9)}`,
      ackDate: workingDay(now, 1),
    }),
  }),
  networkOwner.undo({
    name: 'wholesale.cancel',
    title: 'Cancel a line order',
    undoes: ['wholesale.order'],
    input: z.object({ wholesaleOrderId: z.string().optional() }),
  }),
  municipality.operation({
    name: 'civil.apply-permit',
    title: 'Apply for an excavation permit, with the search for other lines in the ground',
    input: z.object({ route: z.string() }),
    output: z.object({ permitApplicationId: z.string() }),
    answer: (_input, { values }) => ({ permitApplicationId: `GRAVE-${values.digits(7)}` }),
  }),
  contractor.operation({
    name: 'civil.order-build',
    title: 'Have the ground dug from the road to the wall',
    input: z.object({ route: z.string(), permitRef: z.string().optional(), addressId: z.string() }),
    output: z.object({ buildOrderId: z.string() }),
    answer: (_input, { values }) => ({ buildOrderId: `BUILD-${values.digits(7)}` }),
  }),
];
