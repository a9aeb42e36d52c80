/**
 * What becomes of an order's other items when one of them cannot be delivered: those that depend on it stop with it, all
 * of them stop, or all go on as if it had come to its milestones.
 */
export const FAILURE_POLICIES = ['stopDependents', 'stopAll', 'continue'] as const;

export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

export const DEFAULT_FAILURE_POLICY: FailurePolicy = 'stopDependents';
