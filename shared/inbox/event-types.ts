import * as z from 'zod';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import type { EventTask, Task } from '#shared/tasks/task.ts';

/** A kind of event from outside. What it means is up to the task that waits for it. */
export interface EventType {
  /** The CloudEvents type, such as `milepost.delivery.delivered`. */
  readonly type: string;
  /** What the subject of the event is a value of, such as `delivery`. */
  readonly topic: string;
  /** What the data must be: the outputs of the tasks that it completes; otherwise a note, and a code. */
  readonly data: z.ZodType<Readonly<Record<string, unknown>>>;
}

/** What an event means for the task that waits. */
export type Meaning = 'completes' | { readonly rejection: string } | { readonly tells: MessageTemplate };

const typeOf = ({ topic }: EventTask, what: string): string => `milepost.${topic}.${what}`;

/** What a sender may say of what does not complete anything. */
const rejectionSchema = z.object({
  note: z.string().max(2000).optional(),
  code: z.string().max(64).optional(),
});

/**
 * The events that these tasks wait for, by type.
 * @throws Error when two tasks want to read other data from the same type
 */
export function eventTypesOf(tasks: readonly Task[]): ReadonlyMap<string, EventType> {
  const types = new Map<string, EventType & { readonly completes: EventTask | undefined }>();
  for (const task of tasks) {
    if (task.kind !== 'event') continue;
    const outcomes: [what: string, completes: EventTask | undefined][] = [
      ...(task.completedBy === undefined ? [] : [[task.completedBy, task] satisfies [string, EventTask]]),
      ...Object.keys({ ...task.rejectedBy, ...task.toldBy }).map((what): [string, undefined] => [
        what,
        undefined,
      ]),
    ];
    for (const [what, completes] of outcomes) {
      const type = typeOf(task, what);
      const known = types.get(type);
      if (known?.completes && completes && known.completes.output !== completes.output)
        throw new Error(`${known.completes.name} and ${task.name} both read other outputs from ${type}`);
      if (!known?.completes)
        types.set(type, { type, topic: task.topic, data: completes?.output ?? rejectionSchema, completes });
    }
  }
  return types;
}

/** What an event means for a task; undefined when the task does not wait for such. */
export function meaningFor(
  task: EventTask,
  type: string,
  data: Readonly<Record<string, unknown>>,
): Meaning | undefined {
  if (task.completedBy !== undefined && type === typeOf(task, task.completedBy)) return 'completes';
  const [, tells] = Object.entries(task.toldBy ?? {}).find(([what]) => type === typeOf(task, what)) ?? [];
  if (tells !== undefined) return { tells };
  const [, codes] = Object.entries(task.rejectedBy).find(([what]) => type === typeOf(task, what)) ?? [];
  if (codes === undefined) return undefined;
  if (typeof codes === 'string') return { rejection: codes };
  const named = codes.find((code) => code === data.code) ?? codes.at(-1);
  return named === undefined ? undefined : { rejection: named };
}

/** Every event that a task of the product waits for. */
export const EVENT_TYPES = eventTypesOf(ALL_TASKS);
