import { derivationOf, type Flag } from '#shared/domain/flags.ts';
import type { Rejections } from '#shared/tasks/task.ts';
import type { Flow, Step } from './flow.ts';

/** Flags that a step can set, by its result or by a rejection that lets the flow go on. */
export const flagsSetBy = (step: Step): readonly Flag[] => [
  ...(step.task.sets ?? []),
  ...Object.values(rejectionsOf(step)).flatMap((rule) =>
    (rule.action === 'continue-with-flag' || rule.action === 'rerun-from') && rule.flag ? [rule.flag] : [],
  ),
];

/** What follows from the rejections of a step: the rules of its task, unless the flow says otherwise. */
export const rejectionsOf = ({ task, onReject }: Step): Rejections => ({ ...task.rejections, ...onReject });

/** The flags with a value of their own that a condition asks for. */
export const basesOf = (flag: Flag): readonly Flag[] => derivationOf(flag).terms.map((term) => term.flag);

/** Whether a step can change what a condition asks for. */
export const canChange = (step: Step, flag: Flag): boolean =>
  basesOf(flag).some((base) => flagsSetBy(step).includes(base));

/** Flags with a value of their own that a flow branches on. */
export const flagsOf = (flow: Flow): readonly Flag[] => [
  ...new Set(flow.steps.flatMap(({ when }) => (when ? basesOf(when.flag) : []))),
];
