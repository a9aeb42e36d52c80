import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import { ONE_YEAR_SECONDS } from '../compiler/definition.ts';
import { named, type Rule } from './rule.ts';

/** Nothing waits without an end: every step has a time limit, and that is shorter than an execution may run. */
export const everyStepHasATimeLimit: Rule = (flow) => [
  ...(seconds(flow.expected) === undefined ? [`'${flow.expected}' is not a duration`] : []),
  ...flow.steps.flatMap((step) => {
    const { kind, timeLimit, expected } = step.task;
    const limit = seconds(timeLimit);
    if (limit === undefined) return [`${named(step)}: its time limit '${timeLimit}' is not a duration`];
    if (seconds(expected) === undefined)
      return [`${named(step)}: '${expected}', how long it usually takes, is not a duration`];
    if (limit === 0) return [`${named(step)} (${kind}) has no time limit: it could wait forever`];
    return limit > ONE_YEAR_SECONDS
      ? [`${named(step)} may wait longer than an execution runs, which is one year`]
      : [];
  }),
];

function seconds(duration: IsoDuration): number | undefined {
  try {
    return durationSeconds(duration);
  } catch {
    return undefined;
  }
}
