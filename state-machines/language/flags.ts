import type { Flag } from '#shared/domain/flags.ts';
import type { Flow, Step } from './flow.ts';

/** Flags that a step can set, by its result or by a rejection that lets the flow go on. */
export const flagsSetBy = ({ task }: Step): readonly Flag[] => [
  ...(task.sets ?? []),
  ...Object.values(task.rejections).flatMap((rule) =>
    rule.action === 'continue-with-flag' ? [rule.flag] : [],
  ),
];

/** Flags that a flow branches on. */
export const flagsOf = (flow: Flow): readonly Flag[] => [
  ...new Set(flow.steps.flatMap(({ when }) => (when ? [when.flag] : []))),
];
