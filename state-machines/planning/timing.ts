import { instantOf } from '#shared/domain/calendar.ts';
import { durationSeconds } from '#shared/domain/duration.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { type Network, nodeId, type TimedStep } from '#shared/timing/network.ts';
import { project, UNTOUCHED } from '#shared/timing/projection.ts';
import { type FlowTime, latestStart } from '#shared/timing/start-date.ts';
import type { Flow, Step } from '../language/flow.ts';
import type { Links, Member } from './links.ts';
import { START } from './links.ts';
import type { OrderPlan } from './model.ts';

/** What of an order says when it is to happen. */
interface Wishes {
  /** Nothing is to start before. */
  readonly startsFrom?: string | undefined;
  /** When the customer wants it to be ready. */
  readonly readyBy?: string | undefined;
}

/** When an order starts, when it is not at once, and when it is expected to be complete. */
export interface Schedule {
  readonly startsAt: Date | undefined;
  readonly end: Date;
}

/** When a planned order starts so that it can be ready on the date asked for, and when it should then be complete. */
export function schedule(
  { network, flowTimes }: Pick<OrderPlan, 'network' | 'flowTimes'>,
  { startsFrom, readyBy }: Wishes,
  now: Date,
): Schedule {
  const wanted = readyBy === undefined ? undefined : instantOf(readyBy);
  const earliest = startsFrom === undefined ? undefined : instantOf(startsFrom);
  const start = wanted && latestStart(network, flowTimes, wanted, now);
  const startsAt = new Date(Math.max(...[start, earliest, now].flatMap((at) => at?.getTime() ?? [])));
  const { end } = project(network, { ...UNTOUCHED, startsAt }, startsAt);
  return { startsAt: startsAt > now ? startsAt : undefined, end };
}

/** How long each flow of an order usually takes as a whole. */
export const flowTimesOf = (members: readonly Member[]): FlowTime[] =>
  members.flatMap(({ flow, path }) =>
    flow ? [{ seconds: durationSeconds(flow.expected), onWorkingDays: path.steps.some(isDoneOutside) }] : [],
  );

const isDoneOutside = ({ task }: Step): boolean => task.kind === 'manual' || task.kind === 'event';

/** The steps of each suborder with the time that they usually take, and what they wait for. */
export function networkOf(
  members: readonly Member[],
  links: ReadonlyMap<string, Links>,
  orderFacts: Facts,
): Network {
  const openers = openersOf(members, links);
  return Object.fromEntries(
    members.map((member) => {
      const { suborder, path } = member;
      const { waits = [] } = links.get(suborder) ?? {};
      const gatesOf = (kind: 'gate' | 'start', step: string) =>
        waits
          .filter((wait) => wait.kind === kind && wait.step === step)
          .flatMap(({ wait, pending }) => pending.flatMap((entry) => [openers.get(`${wait} ${entry}`) ?? []]))
          .filter((sources) => sources.length > 0);
      const runs = new Set(path.steps.map(({ id }) => id));
      return [
        suborder,
        path.steps.map((step, index): TimedStep => {
          const after = afterOf(member.flow, step, runs);
          const before = path.steps[index - 1];
          const isUsual = before ? after.length === 1 && after[0] === before.id : after.length === 0;
          const gates = [...gatesOf('gate', step.id), ...(after.length === 0 ? gatesOf('start', START) : [])];
          const days = waits.find((wait) => wait.step === step.id)?.workingDaysBefore;
          const until = untilOf(step, { ...orderFacts, ...member.facts });
          return {
            step: step.id,
            kind: step.task.kind,
            seconds: durationSeconds(step.task.expected),
            ...(!isUsual && { after }),
            ...(gates.length > 0 && { gates }),
            ...(days !== undefined && { workingDaysBefore: days }),
            ...(until && { until }),
          };
        }),
      ];
    }),
  );
}

/** Wait and entry → the steps of which one opens it. */
function openersOf(
  members: readonly Member[],
  links: ReadonlyMap<string, Links>,
): ReadonlyMap<string, string[]> {
  const openers = new Map<string, string[]>();
  for (const { suborder, path } of members)
    for (const step of path.steps) {
      const openings = step.reaches ? (links.get(suborder)?.opens[step.reaches] ?? []) : [];
      for (const { wait, entry } of openings) {
        const key = `${wait} ${entry}`;
        openers.set(key, [...(openers.get(key) ?? []), nodeId(suborder, step.id)]);
      }
    }
  return openers;
}

/** The steps that a step comes after; one that is left out hands on those that it comes after itself. */
function afterOf(flow: Flow | undefined, { id }: Step, runs: ReadonlySet<string>): string[] {
  if (!flow) return [];
  const direct = (step: string): string[] => {
    const index = flow.steps.findIndex((candidate) => candidate.id === step);
    const before = flow.steps[index - 1];
    const after = flow.steps[index]?.after ?? (before ? [before.id] : []);
    return after.flatMap((earlier) => (runs.has(earlier) ? [earlier] : direct(earlier)));
  };
  return [...new Set(direct(id))];
}

/** The date of a timer, as far as the order itself says it. */
function untilOf({ task, with: given }: Step, facts: Facts): string | undefined {
  if (task.kind !== 'timer') return undefined;
  const source = given.dueAt;
  const name =
    typeof source === 'object' && source !== null && '$fact' in source ? String(source.$fact) : 'dueAt';
  const value = facts[name];
  return typeof value === 'string' ? instantOf(value)?.toISOString() : undefined;
}
