import { isDone } from '#shared/steps/run-step.ts';
import type { StepRecord } from '#shared/store/records.ts';

/** The milestones that only these steps have reached. */
export function lostMilestones(records: readonly StepRecord[], affected: ReadonlySet<string>): string[] {
  const reachedBy = (isIt: (record: StepRecord) => boolean): string[] =>
    records.flatMap((record) => (record.reaches && isIt(record) ? [record.reaches] : []));
  const kept = reachedBy((record) => isDone(record) && !affected.has(record.step));
  return reachedBy(({ step }) => affected.has(step)).filter((milestone) => !kept.includes(milestone));
}
