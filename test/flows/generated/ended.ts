import type { ListedWorkItem } from '#scripts/api.ts';
import type { Making } from '#scripts/samples.ts';
import type { Desk } from '#shared/domain/desks.ts';
import type { Effect } from '#simulator/simulator.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import { ancestors } from '#state-machines/language/graph.ts';
import type { Stage } from '#test/support/stage.ts';
import type { Part } from './play.ts';
import { type Deed, Run } from './run.ts';
import { coveringWays, type Scenario, scenariosOf } from './scenarios.ts';
import { seenOf } from './seen.ts';
import { ENDS_AS, endingTroubles, type Trouble } from './troubles.ts';
import { isUndo, ownEffects, StoppedRun, stepOf, takeBack, UNDO_DESKS, whatWasUndone } from './undoing.ts';

/** A way through a flow, and what ends it at a step. */
export interface EndedScenario extends Scenario {
  readonly at: Step;
  readonly ending: Trouble;
}

/** A way through a flow for each rejection and time limit of its steps with which the item ends; each order is about an item of its own. */
export const endedAtEachStep = (flow: Flow, making: () => Making): EndedScenario[] =>
  coveringWays(scenariosOf(flow, making)).flatMap(({ way, steps }) =>
    steps.flatMap((at) =>
      endingTroubles(at).map((ending) => ({
        ...way.again(),
        name: `${way.name}, ${ending.by === 'time' ? 'in time nothing' : ending.error} at ${at.id}`,
        at,
        ending,
        troubles: new Map([...way.troubles, [at.id, [ending]]]),
      })),
    ),
  );

/** An order that is played until its item ends, with people taking back what they did. */
export class EndedRun extends StoppedRun<EndedScenario> implements Part {
  #state = '';

  static async start(stage: Stage, scenario: EndedScenario): Promise<EndedRun[]> {
    const runs = await Run.start(stage, [scenario]);
    return runs.map((run) => new EndedRun(stage, scenario, run));
  }

  get isOver(): boolean {
    return this.problem !== undefined || Object.values(ENDS_AS).includes(this.#state);
  }

  get desks(): readonly Desk[] {
    return this.#isEnding ? UNDO_DESKS : this.run.desks;
  }

  /** Whether what was done is being taken back. */
  get #isEnding(): boolean {
    return this.#state === 'assessingCancellation' || this.#state === 'pendingCancellation';
  }

  notice(effect: Effect): void {
    this.run.notice(effect);
  }

  async look(): Promise<void> {
    const { productOrderItem } = await this.stage.api.order(this.order);
    this.#state = productOrderItem[0]?.state ?? '';
  }

  deeds(desks: ReadonlyMap<Desk, readonly ListedWorkItem[]>): Deed[] {
    if (!this.#isEnding) {
      // What ends it comes alone: beside it, others would still do their work for it.
      const last = this.run.deeds(desks, this.scenario.at);
      return last.length > 0 ? last : this.run.deeds(desks);
    }
    return takeBack(this.stage, this.order, desks);
  }

  /** What became of it. */
  async outcome() {
    const { at, flow } = this.scenario;
    const { item, failures, messages } = await seenOf(this.stage, this.run);
    const own = ownEffects(this.stage, this.scenario, this.order);
    const before = ancestors(flow);
    const forward = own.filter((effect) => !isUndo(effect)).map(stepOf);
    return {
      item,
      failures,
      messages,
      ...whatWasUndone(this.scenario, own),
      /** What was done although it comes after the step that ended it. */
      begunAfter: forward.filter((step) => step === at.id || before.get(step)?.has(at.id)),
    };
  }
}
