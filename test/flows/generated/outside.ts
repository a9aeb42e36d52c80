import { factSourceSchema } from '#shared/domain/facts.ts';
import type { EventTask } from '#shared/tasks/task.ts';
import type { Step } from '#state-machines/language/flow.ts';

/** What the outside knows of a suborder. */
export interface Known {
  readonly order: string;
  readonly suborder: string;
  /** Facts that the order itself gives. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What systems answered to the steps of the suborder, in the order in which they did. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

/** The subject by which the outside names what a step waits for. */
export function subjectOf(step: Step, task: EventTask, known: Known): string {
  return [task.correlation]
    .flat()
    .map((field) => String(factFor(field, step.with[field], known)))
    .join('/');
}

function factFor(field: string, given: unknown, { order, suborder, facts, outputs }: Known): unknown {
  const source = factSourceSchema.safeParse(given).data;
  if (given !== undefined && !source) return given;
  if (source && '$foundBy' in source) return outputs.get(source.$foundBy)?.[source.fact];
  const name = source && '$fact' in source ? source.$fact : field;
  if (name === 'suborder') return `${order}-${suborder}`;
  return [...outputs.values()].findLast((one) => Object.hasOwn(one, name))?.[name] ?? facts[name];
}

/** What an event about a task is called. @param rejection code of the rejection that it is to mean, if any */
export function eventOf(
  { topic, completedBy, rejectedBy }: EventTask,
  rejection?: string,
): string | undefined {
  const what =
    rejection === undefined
      ? completedBy
      : Object.keys(rejectedBy).find((name) => [rejectedBy[name]].flat().includes(rejection));
  return what === undefined ? undefined : `milepost.${topic}.${what}`;
}
