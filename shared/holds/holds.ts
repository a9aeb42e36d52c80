import { StateConflict } from '#shared/domain/errors.ts';
import type { Suborder } from '#shared/store/records.ts';
import type { SystemTask } from '#shared/tasks/task.ts';
import { type Switch, switchId } from './switches.ts';

/** The entry by which what a suspended suborder waits for is held back. */
export const SUSPENDED = 'SUSPENDED';

/** What a state is told whose step may not begin now; it is no failure, and the step is parked until it may. */
export const ON_HOLD = { error: 'OnHold', cause: 'Suspended, or switched off by operations' } as const;

/** A task, as far as it matters here. */
export interface Held {
  readonly name: string;
  readonly system?: string | undefined;
}

/** Closing an order calls nobody: once all of its items have ended there is nothing left to be kept from beginning. */
const NEVER_SUSPENDED: ReadonlySet<string> = new Set(['order.close']);

/** What keeps a step from beginning now, as entries of the wait that parks it. */
export function holdsOn(
  { flow, suspended }: Partial<Pick<Suborder, 'flow' | 'suspended'>>,
  switches: readonly Switch[],
  { name: task, system }: Held,
): readonly string[] {
  const names = { flow, task, system };
  return [
    ...(suspended && !NEVER_SUSPENDED.has(task) ? [SUSPENDED] : []),
    ...switches.filter(({ kind, name }) => names[kind] === name).map(switchId),
  ];
}

/** When a task may begin that is possible at certain hours only; undefined when it may at once. */
export function opensLater({ opens }: Pick<SystemTask, 'opens'>, now: Date): Date | undefined {
  const at = opens?.(now);
  return at && at > now ? at : undefined;
}

/** @throws StateConflict `OnHold` outside the hours of the task */
export function assertOpen(task: Pick<SystemTask, 'opens'>, now: Date): void {
  const opens = opensLater(task, now);
  if (opens) throw new StateConflict(ON_HOLD.error, `Until ${opens.toISOString()}`);
}

/** @throws StateConflict `OnHold` */
export function assertNotOnHold(...of: Parameters<typeof holdsOn>): void {
  const holds = holdsOn(...of);
  if (holds.length > 0) throw new StateConflict(ON_HOLD.error, holds.join(', '));
}
