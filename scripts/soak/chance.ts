import { seededRandom } from '#local/random.ts';

/** Decisions that are the same for the same seed. */
export class Chance {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  /** Whether something happens that does so with this probability. */
  hits(probability: number): boolean {
    return this.#next() < probability;
  }

  /** A whole number from 0 up to, not including, the limit. */
  below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  /** One of some things; undefined of none. */
  oneOf<T>(things: readonly T[]): T | undefined {
    return things[this.below(things.length)];
  }

  /** Digits that nobody else has drawn. */
  digits(length: number): string {
    return Array.from({ length }, () => this.below(10)).join('');
  }
}
