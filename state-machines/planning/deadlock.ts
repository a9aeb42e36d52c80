import { predecessors } from '../language/graph.ts';
import { type Links, type Member, type Opening, START } from './links.ts';

/** One reason in a circle: this suborder waits, at a step or at its start, for something of the next. */
export interface Hop {
  readonly suborder: string;
  /** Undefined when it waits with its start. */
  readonly step: string | undefined;
  /** Milestone that the next one never reaches, because it waits too. */
  readonly milestone: string;
  readonly source: string;
}

/**
 * Runs a plan through as if every step took no time. When some steps never get their turn, the suborders wait
 * for each other: the answer is one such circle, as its hops from suborder to suborder.
 */
export function findDeadlock(
  members: readonly Member[],
  links: ReadonlyMap<string, Links>,
): readonly Hop[] | undefined {
  const run = new DryRun(members, links);
  run.start();
  return run.circle();
}

/** A step, the start or the end of a suborder; `missing` counts what it still waits for. */
interface Node {
  readonly suborder: string;
  readonly step: string | undefined;
  readonly reaches: readonly string[];
  readonly before: Node[];
  readonly after: Node[];
  wait: string | undefined;
  missing: number;
  done: boolean;
}

class DryRun {
  readonly #nodes: Node[] = [];
  readonly #pending = new Map<string, { readonly node: Node; readonly entries: Set<string> }>();
  /** Entry of a wait → the nodes that take it out. */
  readonly #openers = new Map<string, { readonly node: Node; readonly milestone: string }[]>();
  readonly #links: ReadonlyMap<string, Links>;

  constructor(members: readonly Member[], links: ReadonlyMap<string, Links>) {
    this.#links = links;
    for (const member of members) this.#add(member);
  }

  start(): void {
    const ready = this.#nodes.filter(({ missing }) => missing === 0);
    for (let node = ready.pop(); node; node = ready.pop()) {
      node.done = true;
      for (const next of node.after) if (--next.missing === 0) ready.push(next);
      for (const milestone of node.reaches)
        for (const opening of this.#openings(node.suborder, milestone)) {
          const wait = this.#pending.get(opening.wait);
          if (wait?.entries.delete(opening.entry) && wait.entries.size === 0 && --wait.node.missing === 0)
            ready.push(wait.node);
        }
    }
  }

  circle(): readonly Hop[] | undefined {
    let node = this.#nodes.find(({ done }) => !done);
    const path: { node: Node; hop: Hop | undefined }[] = [];
    while (node) {
      const current: Node = node;
      const seen = path.findIndex((stop) => stop.node === current);
      if (seen >= 0) return path.slice(seen).flatMap(({ hop }) => hop ?? []);
      const cause = this.#cause(current);
      path.push({ node: current, hop: cause?.hop });
      node = cause?.node;
    }
    return path.length > 0 ? path.flatMap(({ hop }) => hop ?? []) : undefined;
  }

  /** What an unfinished node waits for: a step before it, or what would open its wait. */
  #cause(node: Node): { readonly node: Node | undefined; readonly hop?: Hop } | undefined {
    const before = node.before.find(({ done }) => !done);
    if (before) return { node: before };
    const { suborder, step, wait = '' } = node;
    const [entry] = this.#pending.get(wait)?.entries ?? [];
    if (entry === undefined) return undefined;
    const opener = this.#openers.get(openerKey({ wait, entry }))?.find((source) => !source.node.done);
    return {
      node: opener?.node,
      hop: {
        suborder,
        step,
        milestone: opener?.milestone ?? entry,
        source: opener?.node.suborder ?? entry.split(':', 1).join(),
      },
    };
  }

  #add({ suborder, flow, path }: Member): void {
    const runs = new Set(path.steps.map(({ id }) => id));
    const start = this.#node(suborder, undefined, []);
    const steps = new Map(
      (flow?.steps ?? []).map((step) => [
        step.id,
        this.#node(suborder, step.id, runs.has(step.id) && step.reaches ? [step.reaches] : []),
      ]),
    );
    const before = flow ? predecessors(flow) : new Map<string, readonly string[]>();
    for (const [id, node] of steps) {
      const earlier = (before.get(id) ?? []).flatMap((name) => steps.get(name) ?? []);
      for (const other of earlier.length > 0 ? earlier : [start]) connect(other, node);
    }
    const end = this.#node(suborder, undefined, flow ? ['ENDED'] : ['COMPLETE', 'ENDED']);
    for (const node of [start, ...steps.values()]) connect(node, end);
    for (const { wait, kind, step, pending } of this.#links.get(suborder)?.waits ?? []) {
      const node = kind === START ? start : steps.get(step);
      if (!node || pending.length === 0) continue;
      node.missing += 1;
      node.wait = wait;
      this.#pending.set(wait, { node, entries: new Set(pending) });
    }
  }

  #node(suborder: string, step: string | undefined, reaches: readonly string[]): Node {
    const node: Node = {
      suborder,
      step,
      reaches,
      before: [],
      after: [],
      wait: undefined,
      missing: 0,
      done: false,
    };
    this.#nodes.push(node);
    for (const milestone of reaches)
      for (const opening of this.#openings(suborder, milestone)) {
        const key = openerKey(opening);
        const openers = this.#openers.get(key);
        if (openers) openers.push({ node, milestone });
        else this.#openers.set(key, [{ node, milestone }]);
      }
    return node;
  }

  #openings(suborder: string, milestone: string): readonly Opening[] {
    const opens: Readonly<Record<string, readonly Opening[]>> = this.#links.get(suborder)?.opens ?? {};
    return opens[milestone] ?? [];
  }
}

const openerKey = ({ wait, entry }: Opening): string => `${wait} ${entry}`;

function connect(before: Node, after: Node): void {
  before.after.push(after);
  after.before.push(before);
  after.missing += 1;
}
