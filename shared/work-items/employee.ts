import type { Desk } from '#shared/domain/desks.ts';
import { Forbidden } from '#shared/domain/errors.ts';

/** A person at work: who, and at which desks (`*` for all). */
export interface Employee {
  readonly sub: string;
  readonly desks: readonly string[];
}

/** Whether the person works at this desk. */
export const worksAt = ({ desks }: Employee, desk: Desk): boolean =>
  desks.includes(desk) || desks.includes('*');

/** @throws Forbidden when the person does not work at this desk */
export function assertWorksAt(employee: Employee, desk: Desk): void {
  if (!worksAt(employee, desk)) throw new Forbidden(`You do not work at the desk ${desk}`);
}

/** Supervisors work at the supervisor's desk; some repairs are theirs alone. */
export const isSupervisor = (employee: Employee): boolean => worksAt(employee, 'SUPERVISOR');
