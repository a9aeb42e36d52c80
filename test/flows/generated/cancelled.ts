import type { ListedWorkItem } from '#scripts/api.ts';
import { DEMO_START } from '#scripts/platform.ts';
import type { Making } from '#scripts/samples.ts';
import type { Desk } from '#shared/domain/desks.ts';
import type { Effect } from '#simulator/simulator.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import type { Stage } from '#test/support/stage.ts';
import { type Part, playParts } from './play.ts';
import { type Deed, Run } from './run.ts';
import { longestWay, type Scenario } from './scenarios.ts';
import { isUndo, ownEffects, StoppedRun, stepOf, takeBack, UNDO_DESKS, whatWasUndone } from './undoing.ts';

/** What the customer is told when a request to cancel has been carried out, or refused. */
const OVER = ['ORDER_CANCELLED', 'CANCELLATION_REFUSED'];

/** A date that a customer wishes for, so that a step waits for it. */
const LATER = new Date(DEMO_START.getTime() + 60 * 24 * 3_600_000);

/** A way through a flow, and the step during which the order is cancelled. */
export interface CancelledScenario extends Scenario {
  readonly at: Step;
}

/**
 * The longest way through a flow, once for each of its steps that waits for somebody, or that a system is still busy with:
 * then its order is cancelled. Each order is about an item of its own.
 */
export function cancelledAtEachStep(flow: Flow, making: () => Making): CancelledScenario[] {
  const way = longestWay(flow, making);
  if (!way) return [];
  return way.path
    .filter(({ task }) => task.kind !== 'system' || task.system !== 'milepost')
    .map((at) => ({ ...way.again(), at, name: `${way.name}, cancelled at ${at.id}` }));
}

/** An order that is played until the step comes, and then cancelled. */
export class CancelledRun extends StoppedRun<CancelledScenario> implements Part {
  #isSettled = false;
  /** Id of the request to cancel, once it was made, and what systems had done by then. */
  #cancelled: { readonly id: string; readonly effects: number } | undefined;

  static async start(stage: Stage, scenario: CancelledScenario): Promise<CancelledRun[]> {
    const { at } = scenario;
    const runs = await Run.start(stage, [scenario], {
      busyAt: at,
      ...(at.task.kind === 'timer' && { date: LATER }),
    });
    return runs.map((run) => new CancelledRun(stage, scenario, run));
  }

  get isOver(): boolean {
    return this.#isSettled || this.problem !== undefined || (!this.#cancelled && this.run.isOver);
  }

  get desks(): readonly Desk[] {
    return this.#cancelled ? UNDO_DESKS : this.run.desks;
  }

  notice(effect: Effect): void {
    this.run.notice(effect);
    if (OVER.some((message) => effect.step?.endsWith(message))) this.#isSettled = true;
  }

  deeds(desks: ReadonlyMap<Desk, readonly ListedWorkItem[]>): Deed[] {
    if (this.#cancelled) return takeBack(this.stage, this.order, desks);
    return this.run.isAt(this.scenario.at.id) ? [() => this.#cancel()] : this.run.deeds(desks);
  }

  async #cancel(): Promise<void> {
    const effects = this.#own.length;
    const { id } = await this.stage.api.cancel(this.order);
    this.#cancelled = { id, effects };
  }

  /** What became of it: a request that was accepted has everything undone, the last step first. */
  async outcome() {
    if (!this.#cancelled) throw new Error(`${this.scenario.name}: the step never came`);
    const { id, effects } = this.#cancelled;
    const { state } = await this.stage.api.cancellation(id);
    const { productOrderItem } = await this.stage.api.order(this.order);
    return {
      request: state,
      item: productOrderItem[0]?.state,
      ...whatWasUndone(this.scenario, this.#own),
      /** What began when it had been cancelled. */
      begunAfter: this.#own
        .slice(effects)
        .filter((effect) => !isUndo(effect))
        .map(stepOf)
        .filter((step) => step !== this.scenario.at.id),
    };
  }

  /** Whether a step that cannot be gone back from had come before the cancel, or had come with it. */
  get isTooLate(): boolean {
    const { path, at } = this.scenario;
    return path.slice(0, path.indexOf(at) + 1).some(({ noReturn }) => noReturn?.type === 'hard');
  }

  get #own(): readonly Effect[] {
    return ownEffects(this.stage, this.scenario, this.order);
  }
}

/** Plays each until its step comes, cancels it, and has people take back what they did. */
export async function playCancelled(
  stage: Stage,
  scenarios: readonly CancelledScenario[],
): Promise<CancelledRun[]> {
  const played = await playParts(
    stage,
    scenarios.map((scenario) => () => CancelledRun.start(stage, scenario)),
  );
  return played.flat();
}
