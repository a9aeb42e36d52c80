import { alwaysBefore } from './before.ts';
import { named, type Rule } from './rule.ts';

/**
 * What cannot be undone says so: a step with an irreversible effect is a point of no return, or one always comes
 * before it. `soft` will do where a cancel afterwards merely costs a fee (a technician's visit); where a cancel is
 * refused, that must hold from the moment the system is called, or a cancel would be accepted while it works.
 */
export const irreversibleStepsAreGuarded: Rule = (flow) => {
  const runsBefore = alwaysBefore(flow);
  return flow.steps.flatMap((step) => {
    if (step.task.undo !== 'irreversible' || runsBefore(step, ({ noReturn }) => noReturn?.type === 'hard'))
      return [];
    if (!step.noReturn)
      return runsBefore(step, ({ noReturn }) => noReturn !== undefined)
        ? []
        : [
            `${named(step)} cannot be undone, but could still be cancelled: make it, or a step that always comes before it, a point of no return`,
          ];
    return step.task.kind === 'system' && step.noReturn.type === 'hard' && step.noReturn.at === 'complete'
      ? [
          `${named(step)} cannot be undone once it has begun, but could still be cancelled while it runs: set noReturnAt to 'start'`,
        ]
      : [];
  });
};
