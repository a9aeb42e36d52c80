import { isDone } from '#shared/steps/run-step.ts';
import type { StepRecord, Suborder } from '#shared/store/records.ts';

/** The milestones that only these steps have reached. */
export function lostMilestones(records: readonly StepRecord[], affected: ReadonlySet<string>): string[] {
  const reachedBy = (isIt: (record: StepRecord) => boolean): string[] =>
    records.flatMap((record) => (record.reaches && isIt(record) ? [record.reaches] : []));
  const kept = reachedBy((record) => isDone(record) && !affected.has(record.step));
  return reachedBy(({ step }) => affected.has(step)).filter((milestone) => !kept.includes(milestone));
}

/** The gates of others that only steps which are done again have opened. */
export function gatesTakenBack(row: Suborder, records: readonly StepRecord[], affected: ReadonlySet<string>) {
  const taken = new Set(lostMilestones(records, affected));
  const openings = Object.entries(row.opens).flatMap(([milestone, list = []]) =>
    list.map((opening) => ({ ...opening, milestone })),
  );
  const kept = openings.filter(
    ({ milestone }) => Object.hasOwn(row.milestones, milestone) && !taken.has(milestone),
  );
  return openings.filter(
    ({ milestone, wait, entry }) =>
      taken.has(milestone) && !kept.some((other) => other.wait === wait && other.entry === entry),
  );
}
