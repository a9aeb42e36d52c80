import type { ListedWorkItem } from '#scripts/api.ts';
import { fillIn } from '#scripts/demo/world.ts';
import type { Desk } from '#shared/domain/desks.ts';
import { ALL_TASKS, compensationOf } from '#shared/tasks/registry.ts';
import type { Effect } from '#simulator/simulator.ts';
import type { Stage } from '#test/support/stage.ts';
import { type Deed, isMadeBy, type Run } from './run.ts';
import type { Scenario } from './scenarios.ts';

/** Desks at which people take something back. */
export const UNDO_DESKS: readonly Desk[] = [
  ...new Set(
    ALL_TASKS.flatMap((task) => {
      const undo = compensationOf(task);
      return undo?.kind === 'manual' ? [undo.desk] : [];
    }),
  ),
];

/** An order of one item that does not come to its end: what was done for it is taken back. */
export abstract class StoppedRun<S extends Scenario> {
  readonly scenario: S;
  protected readonly run: Run;
  protected readonly stage: Stage;

  constructor(stage: Stage, scenario: S, run: Run) {
    this.scenario = scenario;
    this.run = run;
    this.stage = stage;
  }

  get order(): string {
    return this.run.order;
  }

  get problem(): unknown {
    return this.run.problem;
  }

  set problem(problem: unknown) {
    this.run.problem = problem;
  }
}

/** What people took in hand for an order is put back. @param desks what is open at them */
export const takeBack = (
  { api }: Stage,
  order: string,
  desks: ReadonlyMap<Desk, readonly ListedWorkItem[]>,
): Deed[] =>
  [...desks.values()]
    .flat()
    .filter((item) => item.order === order && item.kind === 'undo')
    .map(({ id }) => async () => {
      const { form } = await api.workItem(id);
      await api.act(id, 'complete', fillIn(form));
    });

/** What systems did for the steps of an order's only item, and took back: neither messages, nor what a step looks up on its way. */
export const ownEffects = (stage: Stage, { path }: Scenario, order: string): readonly Effect[] =>
  stage
    .effects(order)
    .filter((effect) => path.some((step) => isMadeBy(effect, '01', step) || isUndo(effect)));

export const isUndo = ({ step = '' }: Effect): boolean => step.endsWith('.undo');

export const stepOf = ({ step = '' }: Effect): string => step.split('.')[1] ?? '';

/** What became of the effects of an item that has ended. */
export function whatWasUndone({ path }: Scenario, effects: readonly Effect[]) {
  const named = (id: string) => path.find((step) => step.id === id);
  const undoneBySystem = (id: string) => compensationOf(named(id)?.task)?.kind === 'system';
  const forward = effects.filter((effect) => !isUndo(effect));
  const staysUndone = new Set(
    forward.filter((effect) => !undoneBySystem(stepOf(effect))).map(({ undoes }) => undoes),
  );
  return {
    /** Steps that a system did and can take back. */
    done: forward
      .filter(({ key }) => !staysUndone.has(key))
      .map(stepOf)
      .filter(undoneBySystem)
      .sort(),
    /** Those that were taken back, the first one first. */
    undone: effects.filter(isUndo).map(stepOf),
    /** What was done for good although it could not be gone back from. */
    passed: forward.map(stepOf).filter((id) => named(id)?.noReturn?.type === 'hard' && !undoneBySystem(id)),
  };
}
