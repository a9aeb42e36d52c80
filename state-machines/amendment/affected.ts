import { factSourceSchema } from '#shared/domain/facts.ts';
import type { Flags } from '#shared/domain/flags.ts';
import { isDone } from '#shared/steps/run-step.ts';
import type { StepRecord } from '#shared/store/records.ts';
import type { Flow, Step } from '../language/flow.ts';
import { ancestors } from '../language/graph.ts';
import { plannedPath } from '../planning/path.ts';

/** What a change makes of a suborder: the facts that are not as they were, and the flags before and after. */
export interface ChangeOfFacts {
  readonly changed: readonly string[];
  /** Steps that are done again whatever their input: what they waited for is taken back. */
  readonly again: readonly string[];
  readonly before: Flags;
  readonly after: Flags;
}

/** Whether the input of a step has one of these facts in it. */
export function uses({ task, with: given }: Step, facts: readonly string[]): boolean {
  return Object.keys(task.input.shape).some((field) => {
    const source = factSourceSchema.safeParse(given[field]);
    if (given[field] === undefined) return facts.includes(field);
    if (!source.success) return false;
    const { data } = source;
    if ('$fact' in data) return facts.includes(data.$fact);
    if ('$latest' in data) return data.$latest.some((name) => facts.includes(name));
    if ('$portMoment' in data) return facts.includes(data.$portMoment);
    return ('$sibling' in data || '$siblings' in data) && facts.includes(field);
  });
}

/**
 * The steps that were reached and are done again because of a change: those whose input has a changed fact in it, those
 * that waited for what is taken back, those that the change adds to the path or takes away, and all that come after one of these. An event is not waited for
 * again as long as what it is about is the same: it comes once.
 */
export function affectedSteps(
  flow: Flow,
  { changed, again, before, after }: ChangeOfFacts,
  records: readonly StepRecord[],
): ReadonlySet<string> {
  const earlier = ancestors(flow);
  const was = new Set(plannedPath(flow, before).steps.map(({ id }) => id));
  const is = new Set(plannedPath(flow, after).steps.map(({ id }) => id));
  const first = flow.steps.filter(
    (step) =>
      was.has(step.id) !== is.has(step.id) ||
      (is.has(step.id) && (again.includes(step.id) || uses(step, changed))),
  );
  const reached = new Set(records.filter(({ status }) => status !== 'obsolete').map(({ step }) => step));
  const begun = first.filter(
    ({ id }) =>
      reached.has(id) ||
      (!was.has(id) && flow.steps.some((step) => reached.has(step.id) && earlier.get(step.id)?.has(id))),
  );
  const affected = new Set<string>();
  for (const step of flow.steps) {
    const isFirst = begun.includes(step);
    const comesAfter = begun.some(({ id }) => earlier.get(step.id)?.has(id));
    // A step that completes the suborder, and could not because of the change, does so when it is done again.
    const couldNotEnd =
      step.reaches === 'COMPLETE' && records.some((one) => one.step === step.id && isDone(one));
    if (isFirst || couldNotEnd || (comesAfter && !isSameEvent(flow, step, affected))) affected.add(step.id);
  }
  return new Set([...affected].filter((step) => reached.has(step)));
}

/** Whether a step waits for an event about something that no affected step found out. */
function isSameEvent(flow: Flow, { task }: Step, affected: ReadonlySet<string>): boolean {
  if (task.kind !== 'event') return false;
  const subject = [task.correlation].flat();
  return !flow.steps.some(
    (step) => affected.has(step.id) && subject.some((field) => field in step.task.output.shape),
  );
}
