import { ruleFor } from '#shared/steps/rules.ts';
import { DONE, type RejectionRule, SELF } from '#shared/tasks/task.ts';
import type { ScriptInput } from '#simulator/simulator.ts';
import { flagsOf, rejectionsOf } from '#state-machines/language/flags.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import { ancestors } from '#state-machines/language/graph.ts';
import { eventOf } from './outside.ts';
import type { Scenario } from './scenarios.ts';

/** Something that goes wrong with a step, after which it is tried again, or the item ends. */
export interface Trouble {
  readonly error: string;
  readonly rule: RejectionRule;
  /** Who causes it: a system's answer, a person at a desk, an event, or nobody in time. */
  readonly by: 'system' | 'person' | 'outside' | 'time';
  /** What the system answers, when it is one. */
  readonly answers?: ScriptInput['answers'];
}

/** Rules after which the step, or one before it, is done again. */
const REPEATS: readonly RejectionRule['action'][] = ['fallout', 'ask-customer', 'rerun-from'];
/** What an item has become by the rules after which nothing more is done for it. */
export const ENDS_AS: Partial<Record<RejectionRule['action'], string>> = {
  'cancel-item': 'cancelled',
  'fail-item': 'failed',
  'end-flow': 'completed',
};

export const endsItem = ({ rule }: Pick<Trouble, 'rule'>): boolean => ENDS_AS[rule.action] !== undefined;

/** What can go wrong with a step and be repaired: its system fails, rejections, and that nobody does anything in time. */
export const repairableTroubles = (step: Step, flow: Flow): Trouble[] =>
  [...failures(step), ...rejections(step), ...timeLimits(step)]
    .filter(({ rule }) => REPEATS.includes(rule.action) && !leadsElsewhere(rule, flow))
    .sort(byItselfFirst);

/** What can go wrong with a step so that nothing more is done for the item. */
export const endingTroubles = (step: Step): Trouble[] =>
  [...rejections(step), ...timeLimits(step)].filter(endsItem);

/** Whether a flag that a rule sets has the flow take another way, which is one of its ways then. */
const leadsElsewhere = (rule: RejectionRule, flow: Flow): boolean =>
  rule.action === 'rerun-from' && rule.flag !== undefined && flagsOf(flow).includes(rule.flag);

/** Steps go through again by themselves some times only, then a person looks. */
const byItselfFirst = (a: Trouble, b: Trouble): number =>
  Number(b.rule.action === 'rerun-from') - Number(a.rule.action === 'rerun-from');

/** A system cannot be reached, and when it is asked again it answers what nobody understands: that no retry helps. */
function failures(step: Step): Trouble[] {
  const { task } = step;
  if (task.kind !== 'system' || task.system === 'milepost') return [];
  const error = 'ContractViolation';
  const answers: ScriptInput['answers'] = [
    { kind: 'fail', status: 503 },
    { kind: 'fail', status: 400 },
  ];
  return [{ error, by: 'system', answers, rule: ruleOf(step, error) }];
}

function rejections(step: Step): Trouble[] {
  return Object.entries(rejectionsOf(step)).flatMap(([error, rule]): Trouble[] => {
    const { task } = step;
    if (task.kind === 'manual') return [{ error, rule, by: 'person' }];
    if (task.kind === 'event')
      return eventOf(task, error) === undefined ? [] : [{ error, rule, by: 'outside' }];
    if (task.kind === 'timer' || task.system === 'milepost') return [];
    return [{ error, rule, by: 'system', answers: [{ kind: 'reject', code: error }] }];
  });
}

/** Nobody does anything about a step in time; what has a date of its own is late for good then. */
export function timeLimits(step: Step): Trouble[] {
  const { task } = step;
  if ((task.kind !== 'manual' && task.kind !== 'event') || step.with.dueAt !== undefined) return [];
  const error = (task.kind === 'event' && task.onDeadline) || 'States.Timeout';
  return error === DONE ? [] : [{ error, by: 'time', rule: ruleOf(step, error) }];
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
