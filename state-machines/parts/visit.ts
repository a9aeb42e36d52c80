import * as field from '#shared/tasks/field.ts';
import { type Condition, event, type Gate, system } from '../language/flow.ts';

interface Visit {
  readonly when?: Condition;
  /** What the technician is not sent before. */
  readonly waitsFor?: readonly Gate[];
}

/** A technician comes to the customer. @param skill what for, which is also what the technician must be able to do */
export const technicianVisit = (skill: string, { when, waitsFor = [] }: Visit = {}) =>
  [
    system('book', field.book, {
      ...(when && { when }),
      reaches: 'VISIT_BOOKED',
      tells: 'VISIT_CONFIRMED',
      with: { skill },
    }),
    system('dispatch', field.dispatch, { ...(when && { when }), waitsFor, with: { workSpec: skill } }),
    event('visit', field.awaitVisit, {
      ...(when && { when }),
      reaches: 'VISIT_DONE',
      noReturn: 'soft',
      reminders: [{ tells: 'VISIT_REMINDER', before: 'slot', by: 'PT24H' }],
    }),
  ] as const;
