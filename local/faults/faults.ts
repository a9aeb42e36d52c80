import { type Fault, type FaultPlan, faultPlan } from '../admin/admin-model.ts';
import { seededRandom } from '../random.ts';

export type FaultKind = FaultPlan['rules'][number]['kind'];

/** Where a fault may strike. */
export interface Target {
  /** Name of the function, queue, table, rule or action. */
  readonly resource: string;
  /** What is being done there; several when it is done to a batch, which is struck when one of them is. */
  readonly places: readonly string[];
  /** Whether somebody waits for it at the HTTP API. */
  readonly isApi?: boolean;
}

/** Most faults that are kept to be looked at; older ones are forgotten. */
const mostLogged = 10_000;

/**
 * Decides by seed where something goes wrong on purpose; nothing does until there is a plan. A decision follows from
 * the seed, the kind, the place and how often it struck there before, not from what else happens: the same seed gives
 * the same faults at the same places. A place that is spared once is spared from then on, so that whoever tries again
 * comes through in the end.
 */
export class Faults {
  #rules: FaultPlan['rules'] = [];
  #seed = 1;
  readonly #struck = new Map<string, number>();
  readonly #spared = new Set<string>();
  #log: Fault[] = [];

  /** Starts afresh with another plan. */
  replace(plan: FaultPlan): void {
    const { seed, rules } = faultPlan.parse(plan);
    this.#rules = rules;
    this.#seed = seed;
    this.#struck.clear();
    this.#spared.clear();
    this.#log = [];
  }

  /** Whether there is anything to decide: naming a place takes time. */
  get isActive(): boolean {
    return this.#rules.length > 0;
  }

  /** Whether a fault of this kind strikes now. */
  strikes(kind: FaultKind, { resource, places, isApi = false }: Target): boolean {
    const rules = this.#rules.filter(
      (rule) =>
        rule.kind === kind &&
        !(isApi && rule.spareApi) &&
        (rule.resource === undefined || resource.includes(rule.resource)),
    );
    if (rules.length === 0) return false;
    const probability = Math.max(...rules.map((rule) => rule.probability));
    // Each place is asked, so that what befalls one does not depend on its company.
    return places.filter((place) => this.#strikesAt({ kind, resource, place }, probability)).length > 0;
  }

  /** A number in [0, 1) that is the same for the same seed and name. */
  draw(name: string): number {
    return seededRandom(hash(`${this.#seed}|${name}`))();
  }

  /** What struck so far, oldest first. */
  log(): readonly Fault[] {
    return this.#log;
  }

  #strikesAt(fault: Fault, probability: number): boolean {
    const name = `${fault.kind}|${fault.resource}|${fault.place}`;
    if (this.#spared.has(name)) return false;
    const before = this.#struck.get(name) ?? 0;
    if (this.draw(`${name}|${before}`) >= probability) {
      this.#spared.add(name);
      return false;
    }
    this.#struck.set(name, before + 1);
    this.#log.push(fault);
    if (this.#log.length > mostLogged) this.#log.shift();
    return true;
  }
}

/** Some of everything that AWS itself recovers from, and nothing that somebody at the API would have to try again. */
export function usualFaults(seed: number): FaultPlan {
  const rule = (kind: FaultKind, probability: number) => ({ kind, probability, spareApi: true });
  return {
    seed,
    rules: [
      rule('kill', 0.02),
      rule('function-timeout', 0.03),
      rule('throttle', 0.02),
      rule('duplicate', 0.15),
      rule('reorder', 0.4),
    ],
  };
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
