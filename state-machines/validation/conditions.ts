import { characteristicsOf, type Flag } from '#shared/domain/flags.ts';
import { basesOf, flagsSetBy } from '../language/flags.ts';
import { productsOf } from '../language/flow.ts';
import { ancestors } from '../language/graph.ts';
import { canGive, offeredFor } from './offered.ts';
import { named, type Rule } from './rule.ts';

/** Flags that planning works out for order management. */
const COMPUTED_FLAGS: readonly Flag[] = ['newContract', 'withdrawalWait'];

/** Some order can choose this flow. */
export const canBeSelected: Rule = (flow, offerings) => {
  if (!flow.selects || offeredFor(flow, offerings).length > 0) return [];
  const where = Object.entries(flow.selects.where ?? {}).map(([name, value]) => `${name} '${value}'`);
  const what = [productsOf(flow).join(' or '), ...where].join(' with ');
  return [`cannot be selected by any item: no offering is ${what}`];
};

/** A condition can be both true and false: otherwise its step is never reached, or needs no condition. */
export const conditionsCanVary: Rule = (flow, offerings) => {
  const before = ancestors(flow);
  return flow.steps.flatMap((step) => {
    if (!step.when) return [];
    const { flag, is } = step.when;
    const known = (base: Flag) =>
      flow.selects
        ? offeredFor(flow, offerings).some((offered) =>
            characteristicsOf(base).every((name) => canGive(offered, name)),
          )
        : COMPUTED_FLAGS.includes(base);
    const unknown = basesOf(flag).filter(
      (base) =>
        !known(base) &&
        !flow.steps.some((other) => before.get(step.id)?.has(other.id) && flagsSetBy(other).includes(base)),
    );
    return unknown.map(
      (base) =>
        `${named(step)} ${is ? 'can never be reached' : 'needs no condition'}: no offering has the characteristic ${base}, and no step before sets it`,
    );
  });
};
