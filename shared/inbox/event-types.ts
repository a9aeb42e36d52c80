import { ALL_TASKS } from '#shared/tasks/registry.ts';
import type { EventTask, Task } from '#shared/tasks/task.ts';

/** A kind of event from outside: the task that waits for it, and what it means for that task. */
export interface EventType {
  /** The CloudEvents type, such as `milepost.delivery.delivered`. */
  readonly type: string;
  readonly task: EventTask;
  /** Code of the rejection; undefined when the event completes the step. */
  readonly rejection: string | undefined;
}

/**
 * The events that these tasks wait for, by type.
 * @throws Error when two tasks wait for the same type, so that an event could not be told apart
 */
export function eventTypesOf(tasks: readonly Task[]): ReadonlyMap<string, EventType> {
  const types = new Map<string, EventType>();
  for (const task of tasks) {
    if (task.kind !== 'event') continue;
    const outcomes: [what: string, rejection: string | undefined][] = [
      [task.completedBy, undefined],
      ...Object.entries(task.rejectedBy),
    ];
    for (const [what, rejection] of outcomes) {
      const type = `milepost.${task.topic}.${what}`;
      const other = types.get(type);
      if (other) throw new Error(`${other.task.name} and ${task.name} both wait for ${type}`);
      types.set(type, { type, task, rejection });
    }
  }
  return types;
}

/** Every event that a task of the product waits for. */
export const EVENT_TYPES = eventTypesOf(ALL_TASKS);
