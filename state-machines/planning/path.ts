import { type Flags, holds } from '#shared/domain/flags.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { basesOf, flagsSetBy } from '../language/flags.ts';
import type { Flow, PointOfNoReturn, Step } from '../language/flow.ts';

/** What a suborder will do, as far as that is known when it is planned. */
export interface Path {
  /** The steps that run; one whose condition is decided later counts as running. */
  readonly steps: readonly Step[];
  /** Milestones that these steps reach. */
  readonly reaches: ReadonlySet<Milestone>;
}

/** The path of a suborder whose flow is not known yet. */
export const UNKNOWN_PATH: Path = { steps: [], reaches: new Set() };

/** The part of a flow that runs with these flags; a flag that is not named is false. */
export function plannedPath(flow: Flow, flags: Flags): Path {
  const decidedLater = new Set(flow.steps.flatMap(flagsSetBy));
  return pathOf(
    flow.steps.filter(
      ({ when }) =>
        !when ||
        basesOf(when.flag).some((base) => decidedLater.has(base)) ||
        holds(when.flag, flags) === when.is,
    ),
  );
}

/** The path on which every step of a flow runs. */
export const fullPath = (flow: Flow): Path => pathOf(flow.steps);

const pathOf = (steps: readonly Step[]): Path => ({
  steps,
  reaches: new Set(steps.flatMap(({ reaches }) => (reaches ? [reaches] : []))),
});

/**
 * The points of no return on a path, by step. What a system can never take back is one from the moment that it is
 * called, whatever the flow says: no such call may begin after a cancel was accepted.
 */
export function pointsOfNoReturn({ steps }: Path): Readonly<Record<string, PointOfNoReturn>> {
  return Object.fromEntries(
    steps.flatMap(({ id, task, noReturn }) => {
      if (task.kind === 'system' && task.undo === 'irreversible')
        return [[id, { type: noReturn?.type ?? 'soft', at: 'start' }]];
      return noReturn ? [[id, noReturn]] : [];
    }),
  );
}
