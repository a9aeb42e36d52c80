import type { Facts } from '#shared/domain/facts.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { waitId } from '#shared/steps/completion.ts';
import { type Flow, type Gate, type Step, titleOf } from '../language/flow.ts';
import type { Path } from './path.ts';
import { matchesFlow } from './select.ts';

/** A wait that a milestone opens: which one, and the entry to take out of what it waits for. */
export interface Opening {
  readonly wait: string;
  readonly entry: string;
  /** Working days before the date that the milestone carries at which the wait is over; at once when absent. */
  readonly workingDaysBefore?: number;
}

/** Milestone → the waits of other suborders that it opens. */
export type Opens = Readonly<Partial<Record<Milestone, readonly Opening[]>>>;

/** A wait to create when the order is planned: a step's gates, or a suborder's start. */
export interface PlannedWait {
  readonly wait: string;
  readonly kind: 'gate' | 'start';
  readonly step: string;
  /** What is still missing: `nn:GATE` for an any-of gate, `nn:GATE:MILESTONE` when all are needed. */
  readonly pending: readonly string[];
  /** Why it waits, for people. */
  readonly reason: string;
  /** The smallest of the gates' shifts, for people; each opening carries its own. */
  readonly workingDaysBefore?: number;
}

/** A suborder, as far as its links to others go. */
export interface Member {
  readonly suborder: string;
  /** Undefined while nobody knows what is to be done: only `COMPLETE` and `ENDED` can be waited for. */
  readonly flow: Flow | undefined;
  readonly path: Path;
  /** What is known of it from the start: gates can be for some items only. */
  readonly facts: Facts;
  /** Suborders that the order itself says it relies on. */
  readonly reliesOn: readonly string[];
}

/** What one suborder waits for, and what it opens for others. */
export interface Links {
  readonly waits: readonly PlannedWait[];
  readonly opens: Opens;
}

/** Step and kind of the wait that holds back a whole suborder, and the gate id in its entries. */
export const START = 'start' as const;
const RELIES_ON = 'RELIES_ON';

/**
 * Works out every wait between the suborders of an order. Flows say by their gates which step waits for which
 * milestone; a gate applies to a source when the source's path reaches at least one of the gate's milestones, so
 * a milestone that only a skipped step would reach holds nobody back. `reliesOn` adds something only between two
 * suborders that no gate links in either direction: the suborder starts when the one it relies on is complete.
 *
 * @param sources the order's suborders
 * @param management order management, which waits for suborders while none waits for it
 */
export function linkSuborders(sources: readonly Member[], management?: Member): ReadonlyMap<string, Links> {
  const links = new LinkBuilder();
  const members = management ? [management, ...sources] : sources;
  for (const member of members) links.add(member);
  for (const member of members)
    for (const step of member.path.steps) if (step.gates.length > 0) links.gate(member, step, sources);
  for (const member of sources) links.start(member, sources);
  return links.done();
}

class LinkBuilder {
  readonly #waits = new Map<string, PlannedWait[]>();
  readonly #opens = new Map<string, Partial<Record<Milestone, Opening[]>>>();
  /** Suborder → those that one of its gates waits for. */
  readonly #awaits = new Map<string, Set<string>>();

  add({ suborder }: Member): void {
    this.#waits.set(suborder, []);
    this.#opens.set(suborder, {});
    this.#awaits.set(suborder, new Set());
  }

  done(): ReadonlyMap<string, Links> {
    return new Map(
      [...this.#waits].map(([suborder, waits]) => [
        suborder,
        { waits, opens: this.#opens.get(suborder) ?? {} },
      ]),
    );
  }

  /** One wait for all gates of a step, on every source that they apply to; none when they apply to nobody. */
  gate(member: Member, step: Step, sources: readonly Member[]): void {
    const wait = waitId(member.suborder, step.id, 'gate');
    const pending = new Set<string>();
    const applying = step.gates.filter((gate) => {
      if (!isFor(gate, member)) return false;
      const before = pending.size;
      for (const source of sources) {
        if (source.suborder === member.suborder || !applies(gate, source)) continue;
        for (const [milestone, entry] of awaited(gate, source)) {
          pending.add(entry);
          this.#open(source, milestone, { wait, entry, ...shift(gate) });
          this.#awaits.get(member.suborder)?.add(source.suborder);
        }
      }
      return pending.size > before;
    });
    if (applying.length === 0) return;
    const days = applying.flatMap(({ workingDaysBefore = [] }) => workingDaysBefore);
    this.#waits.get(member.suborder)?.push({
      wait,
      kind: 'gate',
      step: step.id,
      pending: [...pending],
      reason: titleOf(applying),
      ...(days.length > 0 && { workingDaysBefore: Math.min(...days) }),
    });
  }

  /** The wait that holds a suborder back until what it relies on is complete. */
  start(member: Member, sources: readonly Member[]): void {
    const wait = waitId(member.suborder, START, START);
    const awaitedSources = sources.filter(
      ({ suborder }) => member.reliesOn.includes(suborder) && !this.#linked(member.suborder, suborder),
    );
    if (awaitedSources.length === 0) return;
    const entries = awaitedSources.map((source) => {
      const entry = `${source.suborder}:${RELIES_ON}`;
      this.#open(source, 'COMPLETE', { wait, entry });
      return entry;
    });
    this.#waits.get(member.suborder)?.push({
      wait,
      kind: 'start',
      step: START,
      pending: entries,
      reason: 'Wait for the items that it relies on',
    });
  }

  #linked(a: string, b: string): boolean {
    return (this.#awaits.get(a)?.has(b) || this.#awaits.get(b)?.has(a)) ?? false;
  }

  #open({ suborder }: Member, milestone: Milestone, opening: Opening): void {
    const opens = this.#opens.get(suborder);
    if (!opens) return;
    const openings = opens[milestone];
    if (openings) openings.push(opening);
    else opens[milestone] = [opening];
  }
}

const shift = ({ workingDaysBefore }: Gate) => workingDaysBefore !== undefined && { workingDaysBefore };

/** Whether a gate holds back this item at all. */
const isFor = ({ where = {} }: Gate, { facts }: Member): boolean =>
  Object.entries(where).every(([name, value]) => facts[name] === value);

const applies = (gate: Gate, { flow }: Member): boolean =>
  gate.flows.some((pattern) => (flow ? matchesFlow(pattern, flow) : pattern === '*'));

/** The milestones of a source that a gate waits for, each with its entry; `ENDED` comes to every suborder. */
function awaited(gate: Gate, { suborder, path }: Member): [Milestone, string][] {
  const entry = `${suborder}:${gate.id}`;
  return gate.milestones
    .filter((milestone) => milestone === 'ENDED' || path.reaches.has(milestone))
    .map((milestone) => [milestone, gate.match === 'all' ? `${entry}:${milestone}` : entry]);
}
