import { type FaultPlan, faultPlan } from './admin-model.ts';
import { seededRandom } from './random.ts';

export type FaultKind = FaultPlan['rules'][number]['kind'];

/** Decides by seed where something goes wrong on purpose. Nothing does until there is a plan. */
export class Faults {
  #rules: FaultPlan['rules'] = [];
  #random = seededRandom(1);

  replace(plan: FaultPlan): void {
    const { seed, rules } = faultPlan.parse(plan);
    this.#rules = rules;
    this.#random = seededRandom(seed);
  }

  /** Whether a fault of this kind strikes the resource of this name now. */
  strikes(kind: FaultKind, resource: string): boolean {
    return this.#rules.some(
      (rule) =>
        rule.kind === kind &&
        (rule.resource === undefined || resource.includes(rule.resource)) &&
        this.#random() < rule.probability,
    );
  }

  /** The items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, rank: this.#random() }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
  }
}
