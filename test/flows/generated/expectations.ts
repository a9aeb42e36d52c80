import { deskOf } from '#shared/steps/rules.ts';
import { rejectionsOf } from '#state-machines/language/flags.ts';
import type { Step } from '#state-machines/language/flow.ts';
import { ancestors } from '#state-machines/language/graph.ts';
import type { Scenario } from './scenarios.ts';
import { firstAgain, repairedAt, repeatedAfter, type Trouble } from './troubles.ts';

/** What is to be seen of a scenario when it has been played. */
export interface Expectation {
  /** Every step that is done, sorted. */
  readonly steps: readonly string[];
  /** Those for which a system did something, each run of each, sorted. */
  readonly effects: readonly string[];
  readonly milestones: readonly string[];
  /** What the customer is told, such as `ship.HW_SHIPPED`, sorted. */
  readonly messages: readonly string[];
  /** What went wrong, and where that went, such as `ship: ADDRESS_REJECTED → CUSTOMER_CARE`, sorted. */
  readonly failures: readonly string[];
}

/** What follows from the definition of the flow for a scenario. */
export function expectationOf(scenario: Scenario): Expectation {
  const { path } = scenario;
  const runs = path.flatMap((step) => runsOf(scenario, step));
  return {
    steps: path.map(({ id }) => id).sort(),
    effects: runs
      .filter((run) => run.isComplete && hasEffect(run.step) && !isRejected(scenario, run.step))
      .map(({ step }) => step.id)
      .sort(),
    milestones: [...new Set(path.flatMap((step) => reachedBy(scenario, step)))].sort(),
    messages: runs.flatMap(({ step, tells }) => [...tells].map((what) => `${step.id}.${what}`)).sort(),
    failures: path.flatMap((step) => failuresOf(scenario, step)).sort(),
  };
}

function reachedBy({ outcomes }: Scenario, step: Step): string[] {
  const rejection = outcomes.get(step.id)?.rejection;
  const rule = rejection === undefined ? undefined : rejectionsOf(step)[rejection];
  const isMissed = rule?.action === 'continue-with-flag' && rule.misses;
  return step.reaches && !isMissed ? [step.reaches] : [];
}

const isRejected = ({ outcomes }: Scenario, { id }: Step): boolean =>
  outcomes.get(id)?.rejection !== undefined;

const hasEffect = ({ task }: Step): boolean => task.kind === 'system' && task.system !== 'milepost';

/** One time that a step is gone through, and what the customer is told then. */
interface StepRun {
  readonly step: Step;
  /** False when it was rejected, and then gone through again. */
  readonly isComplete: boolean;
  /** Each message once, however often there is a reason for it. */
  readonly tells: ReadonlySet<string>;
}

function runsOf(scenario: Scenario, step: Step): StepRun[] {
  const begins = step.announces ? [step.announces] : [];
  const runs: StepRun[] = [];
  let numbered = new Numbered();
  let told: string[] = [...begins];
  for (const trouble of scenario.troubles.get(step.id) ?? []) {
    if (trouble.by === 'time') told.push(...numbered.all(step.reminders.map(({ tells }) => tells)));
    if (!isOfEarlier(trouble)) told.push(...toldBecauseOf(trouble, numbered));
    if (firstAgain(step, trouble.rule) === undefined) continue;
    runs.push({ step, isComplete: false, tells: new Set(told) });
    told = [...begins];
    numbered = new Numbered();
  }
  const completes = atTheEnd(scenario, step, numbered);
  return [
    ...runs,
    { step, isComplete: true, tells: new Set([...told, ...completes]) },
    ...laterTroubles(scenario, step).map((trouble) => {
      const again = new Numbered();
      const isOurs = 'from' in trouble.rule && trouble.rule.from === step.id;
      const because = isOurs ? toldBecauseOf(trouble, again) : [];
      return {
        step,
        isComplete: true,
        tells: new Set([...because, ...begins, ...atTheEnd(scenario, step, again)]),
      };
    }),
  ];
}

/** Questions and reminders are numbered, so that each is a message of its own. */
class Numbered {
  #count = 0;

  all(messages: readonly string[]): string[] {
    return messages.map((message) => {
      this.#count += 1;
      return `${message}-${this.#count}`;
    });
  }
}

/** Who is asked and does not answer is reminded twice, before the call centre rings. */
function toldBecauseOf({ rule }: Trouble, numbered: Numbered): readonly string[] {
  const told = deskOf(rule)?.tells ?? rule.tells;
  if (!told) return [];
  return rule.action === 'ask-customer' ? numbered.all([told, 'ACTION_REMINDER', 'ACTION_REMINDER']) : [told];
}

/** Troubles of later steps after which a step is done again. */
const laterTroubles = (scenario: Scenario, { id }: Step): readonly Trouble[] =>
  scenario.path
    .filter((failed) => failed.id !== id)
    .flatMap((failed) =>
      (scenario.troubles.get(failed.id) ?? []).filter((trouble) =>
        repeatedAfter(scenario, failed, trouble).includes(id),
      ),
    );

/** Whether it is an earlier step that is rejected in truth, and so the one that the customer is asked about. */
const isOfEarlier = ({ rule }: Trouble): boolean => 'from' in rule && rule.from !== undefined;

/** What is told when a step is done in the way of the scenario. */
function atTheEnd(scenario: Scenario, step: Step, numbered: Numbered): string[] {
  const rejection = scenario.outcomes.get(step.id)?.rejection;
  // A rejection with which the flow goes on is told of by its rule, not as what should have happened.
  const told = rejection === undefined ? step.tells : rejectionsOf(step)[rejection]?.tells;
  const reminders = endsByDeadline(scenario, step) ? step.reminders.map(({ tells }) => tells) : [];
  return [...numbered.all(reminders), ...(told ? [told] : [])];
}

/** Whether nothing is done about a step, so that it is its deadline that ends the wait. */
export function endsByDeadline({ outcomes }: Scenario, { id, task }: Step): boolean {
  if (task.kind !== 'event') return false;
  const rejection = outcomes.get(id)?.rejection;
  return rejection === undefined ? task.completedBy === undefined : rejection === task.onDeadline;
}

function failuresOf({ outcomes, troubles }: Scenario, step: Step): string[] {
  const rejection = outcomes.get(step.id)?.rejection;
  const ends = rejection === undefined ? undefined : rejectionsOf(step)[rejection];
  return [
    ...(troubles.get(step.id) ?? []).map(({ error, rule }) => ({ error, rule })),
    ...(rejection !== undefined && ends ? [{ error: rejection, rule: ends }] : []),
  ].map(({ error, rule }) => `${repairedAt(step, rule)}: ${error} → ${deskOf(rule)?.desk ?? rule.action}`);
}

/** The first two steps that came in another order than the flow says, if any. */
export function outOfOrder(
  { flow }: Scenario,
  steps: readonly string[],
): readonly [string, string] | undefined {
  const before = ancestors(flow);
  for (const [index, step] of steps.entries())
    for (const later of steps.slice(index + 1)) if (before.get(step)?.has(later)) return [later, step];
  return undefined;
}
