import { choices, type Making, sampleOf } from '#scripts/samples.ts';
import { variantsOf } from '#shared/catalogue/offering.ts';
import { OFFERINGS } from '#shared/catalogue/offerings.ts';
import { characteristicsOf, type Flag, type Flags, holds } from '#shared/domain/flags.ts';
import { FLOWS } from '#state-machines/catalogue.ts';
import { flagsOf, flagsSetBy, rejectionsOf } from '#state-machines/language/flags.ts';
import { type Flow, productsOf, type Step } from '#state-machines/language/flow.ts';
import { draft } from '#state-machines/planning/draft.ts';
import type { PlanItem } from '#state-machines/planning/model.ts';
import type { Trouble } from './troubles.ts';

/** How a step ends: with flags in its result, or by a rejection with which the flow goes on. */
export interface Outcome {
  readonly flags: Flags;
  readonly rejection?: string;
  /** Before it ends so, it is rejected with this, and steps are done again. */
  readonly first?: string;
}

/** An order item and what becomes of it: one way through a flow. */
export interface Scenario {
  /** Such as `fibre.cease: wholesaleOff, hwCharge`. */
  readonly name: string;
  readonly flow: Flow;
  readonly item: PlanItem;
  /** The steps that run, in the order in which the flow names them. */
  readonly path: readonly Step[];
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** What goes wrong with steps before they end as they do. */
  readonly troubles: ReadonlyMap<string, readonly Trouble[]>;
  /** The way as it was found, about another item. */
  readonly again: () => Scenario;
}

type Way = Pick<Scenario, 'path' | 'outcomes'>;

/** Every way through a flow: one scenario for each selection of steps that conditions can make. */
export function scenariosOf(flow: Flow, making: () => Making): Scenario[] {
  const scenarios = new Map<string, Scenario>();
  for (const { item, flags } of itemsOf(flow, making))
    for (const way of ways(flow, flags)) {
      const key = way.path.map(({ id }) => id).join();
      if (scenarios.has(key)) continue;
      const optional = way.path.filter((step) => step.when).map(({ id }) => id);
      const name = [flow.id, ...(optional.length > 0 ? [`with ${optional.join(', ')}`] : [])].join(' ');
      const troubles = repeatsOf(way);
      const again = (): Scenario => ({ name, flow, item: item(making()), ...way, troubles, again });
      scenarios.set(key, again());
    }
  return [...scenarios.values()];
}

/** Rejections that change nothing about the way through a flow, or lead the same way as another one: each on such a way. */
export const passedOver = (flow: Flow, ways: readonly Scenario[]): Scenario[] =>
  flow.steps.flatMap((step) =>
    Object.entries(rejectionsOf(step)).flatMap(([rejection, rule]): Scenario[] => {
      const outcomeOf = ({ outcomes }: Scenario) => outcomes.get(step.id);
      if (rule.action !== 'continue-with-flag' || ways.some((way) => outcomeOf(way)?.rejection === rejection))
        return [];
      // Where no way has the flag from this step, it makes no difference there.
      const way = ways.find((one) => outcomeOf(one)?.flags[rule.flag]) ?? ways.find(outcomeOf);
      if (!way) return [];
      const outcome = { flags: outcomeOf(way)?.flags ?? {}, rejection };
      const outcomes = new Map([...way.outcomes, [step.id, outcome]]);
      return [{ ...way.again(), name: `${way.name}, ${rejection} at ${step.id}`, outcomes }];
    }),
  );

/** The way through a flow with the most steps, nothing of which is done twice; undefined when no order item selects the flow. */
export const longestWay = (flow: Flow, making: () => Making): Scenario | undefined =>
  longestFirst(scenariosOf(flow, making))[0];

/** Those of the ways through a flow that together have all its steps: each with what no longer one has, those with repeats last. */
export function coveringWays(
  ways: readonly Scenario[],
): { readonly way: Scenario; readonly steps: readonly Step[] }[] {
  const covered = new Set<Step>();
  const repeating = ways.filter(({ troubles }) => troubles.size > 0);
  return [...longestFirst(ways), ...repeating].flatMap((way) => {
    const steps = way.path.filter((step) => !covered.has(step));
    for (const step of steps) covered.add(step);
    return steps.length > 0 ? [{ way, steps }] : [];
  });
}

const longestFirst = (ways: readonly Scenario[]): Scenario[] =>
  ways.filter(({ troubles }) => troubles.size === 0).toSorted((a, b) => b.path.length - a.path.length);

/** A kind of order item, and the flags that it sets. */
interface Choice {
  readonly item: (making: Making) => PlanItem;
  readonly flags: Flags;
}

/** Kinds of order items that select a flow: one for each combination of flags that an order can choose. */
function itemsOf(flow: Flow, making: () => Making): readonly Choice[] {
  const { selects } = flow;
  if (!selects) return [];
  const found = new Map<string, Choice>();
  const variants = OFFERINGS.filter(({ product }) => productsOf(flow).includes(product)).flatMap((offering) =>
    variantsOf(offering).map((variant) => ({ ...variant, offering: offering.id })),
  );
  for (const { offering, action, characteristics } of variants) {
    if (action !== selects.action) continue;
    const has = (name: string) => Object.hasOwn(characteristics.shape, name);
    const deciding = new Set(flagsOf(flow).flatMap(characteristicsOf).filter(has));
    const fixed = Object.fromEntries(Object.entries(selects.where ?? {}).filter(([name]) => has(name)));
    for (const chosen of choices(characteristics, [...deciding])) {
      const item = (made: Making): PlanItem => ({
        id: '1',
        action,
        offering,
        quantity: 1,
        characteristics: sampleOf(characteristics, made, { ...chosen, ...fixed }),
        reliesOn: [],
        ...(action !== 'add' && { installedProductId: `IP-${made.serial}` }),
      });
      const drafted = draft(item(making()), 0, FLOWS);
      if (drafted.kind !== 'chosen' || drafted.flow !== flow) continue;
      const key = JSON.stringify(drafted.flags);
      if (!found.has(key)) found.set(key, { item, flags: drafted.flags });
    }
  }
  return [...found.values()];
}

/** The rejections after which steps are done again, as the outcomes of a way want them. */
const repeatsOf = ({ path, outcomes }: Way): Scenario['troubles'] =>
  new Map(
    path.flatMap((step) => {
      const error = outcomes.get(step.id)?.first;
      const rule = error === undefined ? undefined : rejectionsOf(step)[error];
      return error !== undefined && rule
        ? [[step.id, [{ error, rule, by: 'outside' as const }]] as const]
        : [];
    }),
  );

/** Every assignment of values to flags, all false first. */
function combinations(flags: readonly Flag[]): Flags[] {
  return flags.reduce<Flags[]>(
    (some, flag) => some.flatMap((one) => [false, true].map((value) => ({ ...one, [flag]: value }))),
    [{}],
  );
}

/** Walks through a flow in every way that results of steps can lead. */
function* ways(
  flow: Flow,
  flags: Flags,
  steps: readonly Step[] = flow.steps,
  before: Way = { path: [], outcomes: new Map() },
): Generator<Way> {
  const [step, ...rest] = steps;
  if (!step) {
    yield before;
    return;
  }
  if (step.when && holds(step.when.flag, flags) !== step.when.is) {
    yield* ways(flow, flags, rest, before);
    return;
  }
  for (const outcome of outcomesOf(step, flagsOf(flow)))
    yield* ways(flow, { ...flags, ...outcome.flags }, rest, {
      path: [...before.path, step],
      outcomes: new Map([...before.outcomes, [step.id, outcome]]),
    });
}

/** How a step can end, as far as conditions ask for it; a flag that it can set and does not is false from then on. */
function outcomesOf(step: Step, asked: readonly Flag[]): Outcome[] {
  const isAsked = (flag: Flag) => asked.includes(flag);
  const unset: Flags = Object.fromEntries(
    flagsSetBy(step)
      .filter(isAsked)
      .map((flag) => [flag, false]),
  );
  const byResult = combinations((step.task.sets ?? []).filter(isAsked));
  const byRejection = Object.entries(rejectionsOf(step)).flatMap(([rejection, rule]) =>
    rule.action === 'continue-with-flag' && isAsked(rule.flag)
      ? [{ rejection, flags: { ...unset, [rule.flag]: true } }]
      : [],
  );
  const oneOfEach = byRejection.filter(
    ({ flags }, index) =>
      byRejection.findIndex((other) => JSON.stringify(other.flags) === JSON.stringify(flags)) === index,
  );
  const byRepeating = Object.entries(rejectionsOf(step)).flatMap(([first, rule]) =>
    rule.action === 'rerun-from' && rule.flag && isAsked(rule.flag)
      ? [{ first, flags: { ...unset, [rule.flag]: true } }]
      : [],
  );
  return [...byResult.map((flags) => ({ flags: { ...unset, ...flags } })), ...oneOfEach, ...byRepeating];
}
