import type { Condition, Flow, Step } from '../language/flow.ts';
import { ancestors } from '../language/graph.ts';

/** The steps before a step that have run whenever it runs. */
export function alwaysBefore(flow: Flow): (step: Step, does: (earlier: Step) => boolean) => boolean {
  const before = ancestors(flow);
  return (step, does) => {
    const earlier = flow.steps.filter((other) => before.get(step.id)?.has(other.id) && does(other));
    return covers(
      earlier.map((other) => other.when),
      step.when,
    );
  };
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
