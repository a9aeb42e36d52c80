/** How many events a function handles at once before further ones wait. */
const mostCopies = 2;
/** How long starting a copy takes: an event for which one is free by then goes to that one, as on AWS. */
const startMs = 100;

/** The copies of a function's module: each handles one event at a time. */
export class Copies {
  /** Of the thread in which the copies live. */
  readonly generation: number;
  readonly #free: number[] = [];
  readonly #waiting = new Set<(copy: number) => void>();
  #made = 0;
  #living = 0;

  constructor(generation: number) {
    this.generation = generation;
  }

  /** A copy that is free; another one is made when all have been busy for a while. */
  async take(): Promise<number> {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#living === 0) return this.#make();
    return new Promise((resolve) => {
      const take = (copy: number) => {
        clearTimeout(timer);
        this.#waiting.delete(take);
        resolve(copy);
      };
      const timer = setTimeout(() => {
        if (this.#living < mostCopies) take(this.#make());
      }, startMs);
      this.#waiting.add(take);
    });
  }

  /** Gives a copy back, for whoever waits; one in an unknown state is replaced when needed. */
  give(copy: number, isSpoiled: boolean): void {
    if (isSpoiled) this.#living--;
    const [next] = this.#waiting;
    if (next) next(isSpoiled ? this.#make() : copy);
    else if (!isSpoiled) this.#free.push(copy);
  }

  #make(): number {
    this.#living++;
    return this.#made++;
  }
}
