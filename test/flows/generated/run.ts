import type { ListedWorkItem, WorkItem } from '#scripts/api.ts';
import { fillIn } from '#scripts/demo/world.ts';
import { sampleOf } from '#scripts/samples.ts';
import type { Desk } from '#shared/domain/desks.ts';
import type { Flags } from '#shared/domain/flags.ts';
import { deskOf } from '#shared/steps/rules.ts';
import { pickAndScan } from '#shared/tasks/logistics.ts';
import type { EventTask, ManualTask } from '#shared/tasks/task.ts';
import type { Effect, ScriptInput } from '#simulator/simulator.ts';
import type { Step } from '#state-machines/language/flow.ts';
import { predecessors } from '#state-machines/language/graph.ts';
import { suborderNumber } from '#state-machines/planning/draft.ts';
import type { PlanItem } from '#state-machines/planning/model.ts';
import type { Stage } from '#test/support/stage.ts';
import { endsByDeadline } from './expectations.ts';
import { eventOf, subjectOf } from './outside.ts';
import { place } from './placing.ts';
import type { Outcome, Scenario } from './scenarios.ts';
import { endsItem, firstAgain, repairedAt, repeatedAfter, type Trouble } from './troubles.ts';

/** What a system answers where flags are not in its answer, but follow from it. */
const CAUSES: Readonly<Record<string, (flags: Flags) => Readonly<Record<string, unknown>>>> = {
  'np.check-request': ({ numberStays }) =>
    numberStays ? { decision: 'reject', rejectCode: 'NP05_PORT_IN_PROGRESS' } : {},
  // Late is what was confirmed for too late.
  'np.complete': () => ({}),
};
/** How many orders were submitted so far: what makes them differ. */
let orders = 0;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const COMPLETED: Outcome = { flags: {} };

/** So often a system says that it is not done yet: for a good minute, since people take one to do something. */
const BUSY_TIMES = 14;

/** What is special about an order. */
interface Wish {
  /** When it is to be complete. */
  readonly date?: Date;
  /** A step that its system does not do at once. */
  readonly busyAt?: Step;
}

/** What a person or somebody outside does now. */
export type Deed = () => Promise<void>;

/** A scenario on the stage: its order, and what was done about it so far. */
export class Run {
  readonly scenario: Scenario;
  readonly order: string;
  readonly suborder: string;
  /** Why it cannot go on. */
  problem: unknown;
  readonly #stage: Stage;
  readonly #facts: Readonly<Record<string, unknown>>;
  readonly #serial: number;
  readonly #before: ReadonlyMap<string, readonly string[]>;
  /** What systems answered, by step. */
  readonly #outputs = new Map<string, Readonly<Record<string, unknown>>>();
  /** Steps that a person or somebody outside has done. */
  readonly #performed = new Set<string>();
  #events = 0;
  /** What is still to go wrong, by step. */
  readonly #troubles: Map<string, readonly Trouble[]>;
  /** What went wrong and waits for repair. */
  readonly #caused = new Set<Trouble>();

  private constructor(
    stage: Stage,
    scenario: Scenario,
    { order, suborder }: Pick<Run, 'order' | 'suborder'>,
    serial: number,
    facts: Readonly<Record<string, unknown>>,
  ) {
    this.scenario = scenario;
    this.order = order;
    this.suborder = suborder;
    this.#stage = stage;
    this.#serial = serial;
    this.#facts = facts;
    this.#before = beforeOnPath(scenario);
    this.#troubles = new Map(scenario.troubles);
  }

  /** Submits an order with an item for each scenario, with an account of its own. */
  static async start(stage: Stage, scenarios: readonly Scenario[], wish: Wish = {}): Promise<Run[]> {
    const serial = ++orders;
    const accountId = `account-${serial}`;
    const document = {
      relatedParty: [{ id: `customer-${serial}`, role: 'customer', '@referredType': 'Individual' }],
      billingAccount: { id: accountId },
      ...(wish.date && { requestedCompletionDate: wish.date.toISOString() }),
      place: [{ id: `address-${serial}`, role: 'installationAddress', '@type': 'GeographicAddress' }],
      productOrderItem: scenarios.map(({ item }, index) => itemOf(item, index)),
    };
    const offerings = scenarios.map(({ item }) => item.offering);
    const id = await place(stage, document, offerings);
    return scenarios.map((scenario, index) => {
      const { installedProductId, characteristics } = scenario.item;
      const facts = { ...characteristics, installedProductId, accountId };
      const run = new Run(
        stage,
        scenario,
        { order: id, suborder: suborderNumber(index) },
        serial + index,
        facts,
      );
      run.#script(wish.busyAt);
      return run;
    });
  }

  /** The desks at which something of this run may be. */
  get desks(): readonly Desk[] {
    return this.#waiting().flatMap((step) => {
      const trouble = this.#troubleOf(step);
      const repair = deskOf(trouble?.rule ?? { action: 'cancel-item' });
      const again = trouble && this.#firstAgain(step, trouble);
      return [
        ...(again ? [again.desk] : []),
        ...(step.task.kind === 'manual' ? [step.desk ?? step.task.desk] : []),
        ...(repair ? [repair.desk] : []),
      ];
    });
  }

  /** Whether it is the turn of a step, or may be. */
  isAt = (step: string): boolean => this.#waiting().some(({ id }) => id === step);

  /** Takes notice of what a system did for the order. */
  notice(effect: Effect): void {
    const step = this.scenario.path.find((one) => isMadeBy(effect, this.suborder, one));
    if (step) this.#outputs.set(step.id, effect.outputs);
  }

  /** Whether nothing is left to be done. */
  get isOver(): boolean {
    return this.problem !== undefined || this.scenario.path.every((step) => this.#isDone(step));
  }

  /**
   * What is to be done now.
   * @param desks what is open at the desks of all runs
   * @param at only about this step
   */
  deeds(desks: ReadonlyMap<Desk, readonly ListedWorkItem[]>, at?: Step): Deed[] {
    const steps = this.#waiting().filter((step) => at === undefined || step === at);
    return steps.flatMap((step): Deed[] => {
      const trouble = this.#troubleOf(step);
      const find = (desk: Desk | undefined, kind: 'manual' | 'fallout', at: string) =>
        (desk ? (desks.get(desk) ?? []) : []).find(
          (item) =>
            item.order === this.order &&
            item.suborder === this.suborder &&
            item.step === at &&
            item.kind === kind,
        );
      const again = trouble?.by === 'system' ? this.#firstAgain(step, trouble) : undefined;
      const comesAgain = again && find(again.desk, 'manual', again.step.id);
      if (trouble && comesAgain) {
        this.#goOn(step, trouble);
        return [() => this.#work(again.step, again.task, comesAgain)];
      }
      const fallout = trouble && find(deskOf(trouble.rule)?.desk, 'fallout', repairedAt(step, trouble.rule));
      if (fallout) return [() => this.#repair(step, trouble, fallout)];
      if (trouble && (this.#caused.has(trouble) || trouble.by === 'system' || trouble.by === 'time'))
        return [];
      const { task } = step;
      if (task.kind === 'event') return this.#report(step, task, trouble);
      const item = task.kind === 'manual' ? find(step.desk ?? task.desk, 'manual', step.id) : undefined;
      return task.kind === 'manual' && item ? [() => this.#work(step, task, item, trouble)] : [];
    });
  }

  /** The manual step that a system's answer has the flow go back to: that its work comes again shows that this has happened. */
  #firstAgain(failed: Step, { rule }: Trouble) {
    if (rule.action !== 'rerun-from') return undefined;
    const step = this.scenario.path.find(({ id }) => id === firstAgain(failed, rule));
    return step?.task.kind === 'manual'
      ? { step, task: step.task, desk: step.desk ?? step.task.desk }
      : undefined;
  }

  #troubleOf = ({ id }: Step): Trouble | undefined => this.#troubles.get(id)?.[0];

  /** Tries a failed step again. */
  async #repair(step: Step, trouble: Trouble, { id }: ListedWorkItem): Promise<void> {
    await this.#stage.api.act(id, 'resolve', { action: 'RETRY', reason: 'Try again' });
    this.#goOn(step, trouble);
  }

  /** A trouble was caused: a person will see to it, steps are done again by themselves, or the item ends. */
  #cause(step: Step, trouble: Trouble): void {
    this.#caused.add(trouble);
    if (!deskOf(trouble.rule) && !endsItem(trouble)) this.#goOn(step, trouble);
  }

  /** A trouble of a step is over. */
  #goOn(step: Step, trouble: Trouble): void {
    for (const id of repeatedAfter(this.scenario, step, trouble)) {
      this.#outputs.delete(id);
      this.#performed.delete(id);
    }
    this.#troubles.set(step.id, this.#troubles.get(step.id)?.slice(1) ?? []);
  }

  /** Has systems answer with the troubles and the flags of the scenario. */
  #script(busyAt?: Step): void {
    for (const step of this.scenario.path) {
      if (step.task.kind !== 'system') continue;
      const troubles = this.#troubles.get(step.id) ?? [];
      const busy = step.id === busyAt?.id ? [{ kind: 'pending' as const, times: BUSY_TIMES }] : [];
      const code = this.#outcome(step.id).rejection;
      const rejected = code === undefined ? [] : [{ kind: 'reject' as const, code }];
      this.#answer(step, ...busy, ...troubles.flatMap(({ answers }) => answers ?? []), ...rejected);
      const outputs = (CAUSES[step.task.name] ?? ((flags: Flags) => flags))(this.#result(step.id));
      if (Object.keys(outputs).length > 0) this.#answer(step, { kind: 'success', outputs, times: 'always' });
    }
  }

  #answer({ id, task }: Step, ...answers: ScriptInput['answers']): void {
    if (answers.length > 0) this.#stage.script({ operation: task.name, ...this.#callsOf(id) }, ...answers);
  }

  /** By what systems know the calls of a step. */
  #callsOf = (step: string) => ({ correlationId: this.order, key: `-${this.suborder}-${step}-` });

  /** How far ahead dates are that the outside names: a port that is to be late is confirmed for too late. */
  get #soon(): number {
    return this.scenario.path.some(({ id }) => this.#result(id).portLate) ? 30 * DAY : HOUR;
  }

  #outcome = (step: string): Outcome => this.scenario.outcomes.get(step) ?? COMPLETED;

  /** The flags that a step sets by what it finds out. */
  #result(id: string): Flags {
    const { flags } = this.#outcome(id);
    const sets = this.scenario.path.find((step) => step.id === id)?.task.sets ?? [];
    return Object.fromEntries(
      sets.flatMap((flag) => (flags[flag] === undefined ? [] : [[flag, flags[flag]]])),
    );
  }

  /** Steps whose turn it is, or may be: whether a date has come, or the product has done its own work, nobody sees. */
  #waiting(): Step[] {
    const { path } = this.scenario;
    const passed = new Set<string>();
    for (const step of path)
      if (this.#isDone(step) || (this.#isUnseen(step) && this.#comesAfter(step, passed))) passed.add(step.id);
    return path.filter((step) => {
      if (this.#isDone(step)) return false;
      const before = this.#before.get(step.id) ?? [];
      const isSure = before.every((id) => path.some((one) => one.id === id && this.#isDone(one)));
      return isSure || (step.task.kind !== 'event' && this.#comesAfter(step, passed));
    });
  }

  #comesAfter = ({ id }: Step, passed: ReadonlySet<string>): boolean =>
    this.#before.get(id)?.every((step) => passed.has(step)) ?? true;

  /** Whether a step ends without anybody's doing. */
  #isUnseen(step: Step): boolean {
    const { kind } = step.task;
    if (this.#troubleOf(step)) return false;
    return (
      kind === 'timer' ||
      (kind === 'system' && step.task.system === 'milepost') ||
      endsByDeadline(this.scenario, step)
    );
  }

  /** What nobody sees, such as that a date has come, is known from what came after it. */
  #isDone(step: Step): boolean {
    if (this.#performed.has(step.id) || this.#outputs.has(step.id) || this.#isRefused(step)) return true;
    return this.scenario.path.some(({ id }) => this.#before.get(id)?.includes(step.id) && this.#hasBegun(id));
  }

  /** Whether a system has said no to a step with which the flow goes on then. */
  #isRefused({ id, task }: Step): boolean {
    if (task.kind !== 'system' || this.#outcome(id).rejection === undefined) return false;
    const { correlationId, key } = this.#callsOf(id);
    return !this.#stage.simulator
      .unanswered()
      .some(({ match }) => match.correlationId === correlationId && match.key === key);
  }

  #hasBegun = (id: string): boolean => {
    const step = this.scenario.path.find((one) => one.id === id);
    return step !== undefined && this.#isDone(step);
  };

  /** Sends the event that a step waits for, unless it is the deadline that ends the wait. */
  #report(step: Step, task: EventTask, trouble: Trouble | undefined): Deed[] {
    const rejection = trouble?.error ?? this.#outcome(step.id).rejection;
    const type = !trouble && endsByDeadline(this.scenario, step) ? undefined : eventOf(task, rejection);
    if (type === undefined) return [];
    return [
      async () => {
        const now = await this.#stage.platform.cloud.now();
        const data =
          rejection === undefined
            ? sampleOf(task.output, { serial: this.#serial, at: now + this.#soon }, this.#result(step.id))
            : { note: `It is ${rejection}`, code: rejection };
        const subject = subjectOf(step, task, {
          order: this.order,
          suborder: this.suborder,
          facts: this.#facts,
          outputs: this.#outputs,
        });
        const status = await this.#stage.api.send({
          id: `${this.order}-${this.suborder}-${step.id}-${this.#events++}`,
          source: '/outside',
          type,
          subject,
          time: new Date(now).toISOString(),
          data,
        });
        if (status !== 'applied')
          throw new Error(`${this.scenario.name}: ${type} about ${subject} is ${status}`);
        if (trouble) this.#cause(step, trouble);
        else this.#performed.add(step.id);
      },
    ];
  }

  /** Does what a desk asks for. */
  async #work(step: Step, task: ManualTask, { id }: ListedWorkItem, trouble?: Trouble): Promise<void> {
    const rejection = trouble?.error ?? this.#outcome(step.id).rejection;
    if (rejection !== undefined)
      await this.#stage.api.act(id, 'reject', { code: rejection, note: `It is ${rejection}` });
    else {
      const { form = [] } = await this.#stage.api.workItem(id);
      await this.#stage.api.act(id, 'complete', await this.#filledIn(task, form, this.#result(step.id)));
    }
    if (trouble) this.#cause(step, trouble);
    else this.#performed.add(step.id);
  }

  /** A form filled in: a new unit is picked, and what is asked for is what comes back. */
  async #filledIn(task: ManualTask, form: NonNullable<WorkItem['form']>, result: Flags) {
    if (task.name === pickAndScan.name) return fillIn(form);
    const now = await this.#stage.platform.cloud.now();
    const scanned = form.flatMap(({ id, type, example }) =>
      type === 'scan' && example !== undefined ? [[id, example]] : [],
    );
    return {
      ...sampleOf(task.output, { serial: this.#serial, at: now + 21 * DAY }, result),
      ...Object.fromEntries(scanned),
      ok: true,
    };
  }
}

/** Whether an effect is what a step of a suborder does, not what it looks up on its way. */
export const isMadeBy = ({ step, operation }: Effect, suborder: string, { id, task }: Step): boolean =>
  step === `${suborder}.${id}` && operation === task.name;

/** The steps of a scenario that come directly before each of its steps, those that are skipped left out. */
function beforeOnPath({ flow, path }: Scenario): ReadonlyMap<string, readonly string[]> {
  const all = predecessors(flow);
  const runs = new Set(path.map(({ id }) => id));
  const before = (id: string): readonly string[] =>
    (all.get(id) ?? []).flatMap((step) => (runs.has(step) ? [step] : before(step)));
  return new Map(path.map(({ id }) => [id, before(id)]));
}

/** An item as an order has it. */
function itemOf({ offering, installedProductId, characteristics, action }: PlanItem, index: number) {
  return {
    id: String(index + 1),
    action,
    quantity: 1,
    productOffering: { id: offering },
    product: {
      ...(installedProductId !== undefined && { id: installedProductId }),
      productCharacteristic: Object.entries(characteristics).map(([name, value]) => ({ name, value })),
    },
  };
}
