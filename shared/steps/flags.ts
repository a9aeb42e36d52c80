import { FLAG_NAMES, type Flags } from '#shared/domain/flags.ts';
import type { Task } from '#shared/tasks/task.ts';

type Outputs = Readonly<Record<string, unknown>>;

/**
 * The flags that a step's outputs set, for the flow's conditions: those of their names, and false for the flags that
 * the task can set and did not.
 */
export function flagsOf({ sets = [], rejections }: Task, outputs: Outputs): Flags {
  const byRejection = Object.values(rejections).flatMap((rule) =>
    rule.action === 'continue-with-flag' ? [rule.flag] : [],
  );
  const inOutputs = FLAG_NAMES.filter((flag) => typeof outputs[flag] === 'boolean');
  return Object.fromEntries(
    [...sets, ...byRejection, ...inOutputs].map((flag) => [flag, outputs[flag] === true]),
  );
}
