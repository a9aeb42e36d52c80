import * as z from 'zod';
import { askCustomer, defineTask, defineUndo, fallout, rerunFrom, undoneBy } from './task.ts';

export const cancelAppointment = defineTask({
  name: 'appointment.cancel',
  title: 'Cancel the appointment',
  kind: 'system',
  lane: 'field',
  system: 'wfm',
  input: z.object({ appointmentId: z.string() }),
  output: z.object({ lateChange: z.boolean().optional() }),
  rejections: {},
  sets: ['lateChange'],
  retry: 'standard',
  falloutDesk: 'SUPERVISOR',
  expected: 'PT1M',
  timeLimit: 'PT1M',
  undo: undoneBy('appointment.book'),
});

export const cancelDispatch = defineUndo({
  name: 'field.cancel',
  title: 'Call the technician back',
  kind: 'system',
  lane: 'field',
  system: 'wfm',
  desk: 'SUPERVISOR',
});

export const book = defineTask({
  name: 'appointment.book',
  title: 'Book a technician',
  kind: 'system',
  lane: 'field',
  system: 'wfm',
  input: z.object({
    addressId: z.string(),
    skill: z.string(),
    window: z.string().optional(),
    /** The day that the customer asks for: the visit is on it, or on the first one after it that is free. */
    requestedDate: z.string().optional(),
  }),
  output: z.object({ appointmentId: z.string(), slot: z.string() }),
  rejections: {
    NO_SLOTS: fallout('FIELD_DISPATCH'),
    CUSTOMER_UNREACHABLE: askCustomer({ tells: 'ACTION_REQUIRED' }),
  },
  retry: 'standard',
  falloutDesk: 'FIELD_DISPATCH',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: cancelAppointment,
});

export const dispatch = defineTask({
  name: 'field.dispatch',
  title: 'Dispatch the technician',
  kind: 'system',
  lane: 'field',
  system: 'wfm',
  input: z.object({
    appointmentId: z.string(),
    workSpec: z.string(),
    hwSerials: z.array(z.string()).default([]),
  }),
  output: z.object({ workOrderId: z.string() }),
  rejections: {
    SKILL_UNAVAILABLE: fallout('FIELD_DISPATCH'),
  },
  retry: 'standard',
  falloutDesk: 'FIELD_DISPATCH',
  expected: 'PT10S',
  timeLimit: 'PT1M',
  undo: cancelDispatch,
});

export const awaitVisit = defineTask({
  name: 'field.await',
  title: 'Technician visits',
  kind: 'event',
  lane: 'field',
  topic: 'visit',
  correlation: 'workOrderId',
  completedBy: 'done',
  toldBy: { 'on-the-way': 'VISIT_ON_THE_WAY' },
  rejectedBy: {
    'no-access': 'NO_ACCESS',
    'fault-found': 'FAULT_FOUND',
    'extra-work-needed': 'EXTRA_WORK_NEEDED',
    partial: 'PARTIAL',
  },
  input: z.object({ workOrderId: z.string() }),
  output: z.object({
    note: z.string().optional(),
    photos: z.array(z.string()).optional(),
    measurements: z.record(z.string(), z.unknown()).optional(),
    customerCausedFault: z.boolean().optional(),
  }),
  sets: ['customerCausedFault'],
  rejections: {
    NO_ACCESS: rerunFrom('book', { tells: 'VISIT_MISSED', flag: 'visitMissed' }),
    FAULT_FOUND: fallout('NETWORK_ENGINEERING'),
    EXTRA_WORK_NEEDED: askCustomer({ tells: 'ACTION_REQUIRED', from: 'book' }),
    PARTIAL: fallout('FIELD_DISPATCH', { from: 'book' }),
  },
  falloutDesk: 'FIELD_DISPATCH',
  expected: 'P3D',
  timeLimit: 'P10D',
  undo: 'irreversible',
});
