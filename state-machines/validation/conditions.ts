import { flagsSetBy } from '../language/flags.ts';
import { alwaysBefore } from './before.ts';
import { canGive, offeringsOf } from './offered.ts';
import { named, type Rule } from './rule.ts';

/** Flags that planning works out for order management. */
const COMPUTED_FLAGS: readonly string[] = ['withdrawalWait'];

/** Some order can choose this flow. */
export const canBeSelected: Rule = (flow, offerings) => {
  if (!flow.selects || offeringsOf(flow, offerings).length > 0) return [];
  const where = Object.entries(flow.selects.where ?? {}).map(([name, value]) => `${name} '${value}'`);
  const what = [flow.selects.product, ...where].join(' with ');
  return [`cannot be selected by any item: no offering is ${what}`];
};

/** A condition can be both true and false: otherwise its step is never reached, or needs no condition. */
export const conditionsCanVary: Rule = (flow, offerings) => {
  const runsBefore = alwaysBefore(flow);
  return flow.steps.flatMap((step) => {
    if (!step.when) return [];
    const { flag, is } = step.when;
    const known = flow.selects
      ? offeringsOf(flow, offerings).some((offering) => canGive(offering, flag))
      : COMPUTED_FLAGS.includes(flag);
    if (known || runsBefore(step, (earlier) => flagsSetBy(earlier).includes(flag))) return [];
    return [
      `${named(step)} ${is ? 'can never be reached' : 'needs no condition'}: no offering has the characteristic ${flag}, and no step before sets it`,
    ];
  });
};
