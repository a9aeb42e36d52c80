import { basesOf, flagsSetBy } from '../language/flags.ts';
import type { Condition, Flow, Step } from '../language/flow.ts';
import { ancestors } from '../language/graph.ts';

/** The steps before a step that have run whenever it runs. */
export function alwaysBefore(flow: Flow): (step: Step, does: (earlier: Step) => boolean) => boolean {
  const before = ancestors(flow);
  return (step, does) => {
    const earlier = flow.steps.filter((other) => before.get(step.id)?.has(other.id) && does(other));
    return (
      earlier.some((other) => other.id === decider(flow, step)?.id) ||
      covers(
        earlier.map((other) => other.when),
        step.when,
      )
    );
  };
}

/** The only step that can have set the flag that a step asks for: it has run when the flag is set. */
function decider(flow: Flow, { when }: Step): Step | undefined {
  if (!when?.is) return undefined;
  const [base, ...others] = basesOf(when.flag);
  const [setter, rival] = flow.steps.filter((other) => base && flagsSetBy(other).includes(base));
  return others.length > 0 || rival ? undefined : setter;
}

/** Whether one of these conditions holds whenever `needed` does: there is none to meet, the same one, or both values of a flag. */
const covers = (conditions: readonly (Condition | undefined)[], needed: Condition | undefined): boolean =>
  conditions.some(
    (condition) =>
      !condition ||
      same(condition, needed) ||
      conditions.some((other) => same(other, { flag: condition.flag, is: !condition.is })),
  );

const same = (a: Condition | undefined, b: Condition | undefined): boolean =>
  a !== undefined && a.flag === b?.flag && a.is === b.is;
