import * as z from 'zod';

/** One step of a plan, as far as its time goes. */
export const timedStepSchema = z.object({
  step: z.string(),
  kind: z.enum(['system', 'manual', 'event', 'timer']),
  /** How long it usually takes. What people and the outside do counts working days only. */
  seconds: z.number(),
  /** Steps of the same suborder that it comes after; the one before it in the list when absent. */
  after: z.array(z.string()).optional(),
  /** Steps of other suborders (`01.activate`) that it waits for: one of each list. */
  gates: z.array(z.array(z.string())).optional(),
  /** Its gate opens so many working days before the date that is confirmed to what it waits for. */
  workingDaysBefore: z.int().optional(),
  /** For a timer: its date, when it was known from the start. */
  until: z.iso.datetime().optional(),
});
export type TimedStep = z.infer<typeof timedStepSchema>;

/** What an order's projected end is worked out from: the steps of each suborder, kept when it is planned. */
export const networkSchema = z.record(z.string(), z.array(timedStepSchema));
export type Network = z.infer<typeof networkSchema>;

/** The record that holds the network of an order, beside its suborders. Key: order, `TIMING`. */
export const networkRecordSchema = z.object({
  order: z.string(),
  sk: z.string(),
  steps: networkSchema,
  /** How long each flow usually takes as a whole, in seconds, of working days where people have a part in it. */
  flows: z.array(z.object({ seconds: z.number(), onWorkingDays: z.boolean() })),
});
export type NetworkRecord = z.infer<typeof networkRecordSchema>;

/** Key of the record that holds the network of an order, beside its suborders. */
export const networkKey = (order: string) => ({ order, sk: 'TIMING' });

/** The name of a step within its order. */
export const nodeId = (suborder: string, step: string): string => `${suborder}.${step}`;
