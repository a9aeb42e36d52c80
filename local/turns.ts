/** How often the event loop turns before an answer has had all its consequences. */
const SETTLES_AFTER = 4;

/**
 * Has pieces of work take turns, for a cloud that carries all out in one order: the next begins when nothing is outside any
 * more, in another thread or process, and all that follows from it is done. Without that, nobody waits.
 */
export class Turns {
  /** Whether turns are taken at all. */
  readonly areTaken: boolean;
  readonly #waiting: { readonly name: string; readonly begin: () => void }[] = [];
  #outside = 0;
  #isSettling = false;

  constructor(areTaken: boolean) {
    this.areTaken = areTaken;
  }

  /** Resolves when it is the turn of a piece of work; of those that wait, the one with the least name begins. */
  async take(name: string): Promise<void> {
    if (!this.areTaken) return;
    await new Promise<void>((begin) => {
      const place = this.#waiting.findIndex((other) => other.name > name);
      this.#waiting.splice(place < 0 ? this.#waiting.length : place, 0, { name, begin });
      this.#settle();
    });
  }

  /** Does something outside of this thread, during which no turn begins. */
  async outside<T>(work: () => Promise<T>): Promise<T> {
    if (!this.areTaken) return work();
    this.#outside++;
    try {
      return await work();
    } finally {
      this.#outside--;
      this.#settle();
    }
  }

  #settle(): void {
    if (this.#isSettling) return;
    this.#isSettling = true;
    void this.#beginNext().finally(() => {
      this.#isSettling = false;
      if (this.#outside === 0 && this.#waiting.length > 0) this.#settle();
    });
  }

  async #beginNext(): Promise<void> {
    for (let turn = 0; turn < SETTLES_AFTER; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#outside > 0) return;
    }
    this.#waiting.shift()?.begin();
  }
}
