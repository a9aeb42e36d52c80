import { unlock } from '#shared/tasks/inventory.ts';
import { compensationOf } from '#shared/tasks/registry.ts';
import { type RejectionRule, SELF } from '#shared/tasks/task.ts';
import { rejectionsOf } from '../language/flags.ts';
import {
  ancestors,
  arrange,
  NotSeriesParallel,
  predecessors,
  type Sequence,
  stepsOf,
} from '../language/graph.ts';
import { named, type Rule, repeated } from './rule.ts';

/** Steps can be told apart, and each comes after steps that the flow names before it. */
export const stepsAreOrdered: Rule = (flow) => {
  const ids = flow.steps.map(({ id }) => id);
  if (ids.length === 0) return ['has no steps'];
  const twice = repeated(ids);
  if (twice.length > 0) return twice.map((id) => `has more than one step ${id}`);
  const before = predecessors(flow);
  return flow.steps.flatMap((step, index) =>
    (before.get(step.id) ?? []).flatMap((name) => {
      if (name === step.id) return [`${named(step)} comes after itself`];
      if (!ids.includes(name)) return [`${named(step)} comes after ${name}, which the flow does not have`];
      if (ids.indexOf(name) > index)
        return [
          `${named(step)} comes after ${name}, which is named later: name steps in the order in which they can run, so that none can wait in a circle and never be reached`,
        ];
      return [];
    }),
  );
};

/** The steps can be drawn as parallel branches, and the flow does not end in a step that may be skipped. */
export const canBeDrawn: Rule = (flow) => {
  try {
    return openEnd(arrange(flow));
  } catch (error) {
    if (error instanceof NotSeriesParallel) return [error.message.replace(`${flow.id}: `, '')];
    throw error;
  }
};

function openEnd(sequence: Sequence): string[] {
  const last = sequence.at(-1);
  if (last?.kind !== 'choice' || (last.yes.length > 0 && last.no.length > 0)) return [];
  const steps = [...last.yes, ...last.no].flatMap((node) => (node.kind === 'step' ? node.step.id : []));
  return [
    `step ${steps.join(', ')} may be skipped, and nothing comes after it: a choice needs a default, so put a step behind it that always runs`,
  ];
}

/** A step takes back the effect of a step that ran before it, by that one's compensation. */
export const takesBackEarlierSteps: Rule = (flow) => {
  const before = ancestors(flow);
  return flow.steps.flatMap((step) => {
    if (step.takesBack === undefined) return [];
    const taken = flow.steps.find(({ id }) => id === step.takesBack);
    if (!taken || !before.get(step.id)?.has(taken.id))
      return [`${named(step)} takes back ${step.takesBack}, which does not run before it`];
    return compensationOf(taken.task)?.name === step.task.name
      ? []
      : [`${named(step)} takes back ${taken.id}, which ${step.task.name} does not`];
  });
};

/** `COMPLETE` is reached, once everything else is done: what relies on the suborder starts then. */
export const completesLast: Rule = (flow) => {
  const last = flow.steps.find(({ reaches }) => reaches === 'COMPLETE');
  if (!last) return ['reaches COMPLETE nowhere: suborders that rely on this one would wait forever'];
  const before = ancestors(flow).get(last.id);
  const others = flow.steps.filter((step) => step !== last && !before?.has(step.id));
  return [
    ...(last.when ? [`${named(last)} reaches COMPLETE, but may be skipped`] : []),
    ...others.map((step) => `${named(step)} may still run when ${last.id} says that the flow is COMPLETE`),
  ];
};

/** A rejection that sends the flow back names an earlier step of the same branch, or of a parallel part before it. */
export const goesBackToEarlierSteps: Rule = (flow) => {
  const before = ancestors(flow);
  const branches = branchOf(arrange(flow));
  return flow.steps.flatMap((step) =>
    Object.entries(rejectionsOf(step)).flatMap(([code, rule]) => {
      const first = startsAgainAt(rule);
      if (first === undefined || first === step.id || first === SELF) return [];
      const what = `${named(step)} runs again from ${first} on ${code}`;
      if (!before.get(step.id)?.has(first)) return [`${what}, but the flow has no such step before it`];
      return stepsOf(branches.get(step.id) ?? []).some(({ id }) => id === first)
        ? []
        : [`${what}, but that step is in another parallel branch`];
    }),
  );
};

/** The step that a rejection sends the flow back to, at once or when a person has put it right. */
function startsAgainAt(rule: RejectionRule): string | undefined {
  if (rule.action === 'rerun-from') return rule.step;
  return rule.action === 'fallout' || rule.action === 'ask-customer' ? rule.from : undefined;
}

/**
 * A flow that can end early leaves nothing behind that only its later steps would take away, and can do so from
 * where it is.
 */
export const endsEarlyCleanly: Rule = (flow) => {
  const whole = arrange(flow);
  const branches = branchOf(whole);
  return flow.steps.flatMap((step) =>
    Object.entries(rejectionsOf(step)).flatMap(([code, { action }]) => {
      if (action !== 'end-flow') return [];
      const held = flow.steps.find(({ task }) => compensationOf(task) === unlock);
      return [
        ...(branches.get(step.id) === whole
          ? []
          : [`${named(step)} ends the flow on ${code}, but is in a parallel branch`]),
        ...(held
          ? [`${named(step)} ends the flow on ${code}, and what ${held.id} holds would never be released`]
          : []),
      ];
    }),
  );
};

/** Step id → the branch that it is in. */
function branchOf(sequence: Sequence, branch: Sequence = sequence): Map<string, Sequence> {
  return new Map(
    sequence.flatMap((node): [string, Sequence][] => {
      if (node.kind === 'step') return [[node.step.id, branch]];
      if (node.kind === 'choice') return [...branchOf([...node.yes, ...node.no], branch)];
      return node.branches.flatMap((inner) => [...branchOf(inner)]);
    }),
  );
}
