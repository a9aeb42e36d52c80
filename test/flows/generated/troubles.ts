import type { Flag } from '#shared/domain/flags.ts';
import { ruleFor } from '#shared/steps/rules.ts';
import { DONE, type RejectionRule, SELF } from '#shared/tasks/task.ts';
import type { ScriptInput } from '#simulator/simulator.ts';
import { flagsOf, rejectionsOf } from '#state-machines/language/flags.ts';
import type { Step } from '#state-machines/language/flow.ts';
import { ancestors } from '#state-machines/language/graph.ts';
import { eventOf } from './outside.ts';
import type { Scenario } from './scenarios.ts';

/** Something that goes wrong with a step, after which it is tried again. */
export interface Trouble {
  readonly error: string;
  readonly rule: RejectionRule;
  /** Who causes it: a system's answer, a person at a desk, an event, or nobody in time. */
  readonly by: 'system' | 'person' | 'outside' | 'time';
  /** What the system answers, when it is one. */
  readonly answer?: ScriptInput['answers'][number];
}

/** How often a call is tried before a person looks, see `shared/tasks/retry.ts`. */
const ATTEMPTS = 7;
/** Rules after which the step, or one before it, is done again. */
const REPEATS: readonly RejectionRule['action'][] = ['fallout', 'ask-customer', 'rerun-from'];

/**
 * What can go wrong in a scenario and be repaired, of each task once in the catalogue: its system fails beyond all retries,
 * each rejection, and that nobody does anything in time.
 * @param seen what earlier scenarios had
 */
export function troublesOf({ path, flow }: Scenario, seen: Set<string>): Scenario['troubles'] {
  const isNew = (what: string): boolean => !seen.has(what) && seen.add(what).has(what);
  return new Map(
    path.flatMap((step) => {
      const troubles = [
        ...failures(step, isNew),
        ...rejections(step, isNew, flagsOf(flow)).sort(byItselfFirst),
        ...timeLimits(step, isNew),
      ];
      return troubles.length > 0 ? [[step.id, troubles] as const] : [];
    }),
  );
}

/** Steps go through again by themselves some times only, then a person looks. */
const byItselfFirst = (a: Trouble, b: Trouble): number =>
  Number(b.rule.action === 'rerun-from') - Number(a.rule.action === 'rerun-from');

/** A system fails, and goes on to do so until a person has looked. */
function failures(step: Step, isNew: (what: string) => boolean): Trouble[] {
  const { task } = step;
  if (task.kind !== 'system' || task.system === 'milepost' || !isNew(task.name)) return [];
  const error = 'Unavailable';
  const answer = { kind: 'fail', status: 503, times: ATTEMPTS } as const;
  return [{ error, by: 'system', answer, rule: ruleOf(step, error) }];
}

/** @param asked flags that would lead another way through the flow */
function rejections(step: Step, isNew: (what: string) => boolean, asked: readonly Flag[]): Trouble[] {
  const { task } = step;
  return Object.entries(rejectionsOf(step)).flatMap(([code, rule]): Trouble[] => {
    if (rule.action === 'rerun-from' && rule.flag && asked.includes(rule.flag)) return [];
    if (!REPEATS.includes(rule.action) || !isNew(`${task.name} ${code} ${JSON.stringify(rule)}`)) return [];
    const trouble = { error: code, rule };
    if (task.kind === 'manual') return [{ ...trouble, by: 'person' }];
    if (task.kind === 'event')
      return eventOf(task, code) === undefined ? [] : [{ ...trouble, by: 'outside' }];
    if (task.kind === 'timer' || task.system === 'milepost') return [];
    return [{ ...trouble, by: 'system', answer: { kind: 'reject', code } }];
  });
}

/** Nobody does anything about a step in time; what has a date of its own is late for good then. */
function timeLimits(step: Step, isNew: (what: string) => boolean): Trouble[] {
  const { task } = step;
  if ((task.kind !== 'manual' && task.kind !== 'event') || step.with.dueAt !== undefined) return [];
  const error = (task.kind === 'event' && task.onDeadline) || 'States.Timeout';
  const rule = ruleOf(step, error);
  if (error === DONE || !REPEATS.includes(rule.action)) return [];
  return isNew(`${task.name} ${error}`) ? [{ error, by: 'time', rule }] : [];
}

const ruleOf = (step: Step, error: string): RejectionRule =>
  ruleFor({ task: step.task.name, error, onReject: step.onReject, desk: step.desk });

/** The steps of a scenario that are done again after a trouble. */
export function repeatedAfter({ flow, path }: Scenario, failed: Step, { rule }: Trouble): readonly string[] {
  const first = firstAgain(failed, rule);
  if (first === undefined) return [];
  const before = ancestors(flow);
  return path
    .map(({ id }) => id)
    .filter(
      (id) =>
        id === first || id === failed.id || (before.get(failed.id)?.has(id) && before.get(id)?.has(first)),
    );
}

/** The step from which a rule has the flow go through again; undefined when the failed step just goes on. */
export function firstAgain(failed: Step, rule: RejectionRule): string | undefined {
  if (rule.action === 'rerun-from') return rule.step === SELF ? failed.id : rule.step;
  return rule.action === 'fallout' || rule.action === 'ask-customer' ? rule.from : undefined;
}

/** The step that a failure is shown at: an earlier one, when that asked for the wrong thing. */
export const repairedAt = ({ id }: Step, rule: RejectionRule): string =>
  ('from' in rule ? rule.from : undefined) ?? id;
