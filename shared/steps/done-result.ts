import type { Flags } from '#shared/domain/flags.ts';
import { taskNamed } from '#shared/tasks/registry.ts';
import { flagsOf } from './flags.ts';

/** What a flow is told when its step is done. */
export function doneResult(task: string, outputs: Readonly<Record<string, unknown>>): { flags?: Flags } {
  const declared = taskNamed(task);
  const flags = declared ? flagsOf(declared, outputs) : {};
  return Object.keys(flags).length > 0 ? { flags } : {};
}
