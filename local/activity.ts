/**
 * Counts what is under way anywhere in the embedded cloud, so that a test can wait until nothing moves any
 * more without sleeping. Waiting for a timer or a callback is not activity; running code and undelivered
 * records are.
 */
export class Activity {
  #running = 0;
  readonly #waiters = new Set<() => void>();
  /** Pieces of work that let all others go first. */
  readonly #patient = new Set<() => void>();

  /** Marks the start of a piece of work; call the returned function exactly once when it ends. */
  begin(): () => void {
    this.#running++;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running--;
      if (this.#running <= this.#patient.size) setImmediate(() => this.#wake());
    };
  }

  /** Runs `work` as one piece of activity. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /**
   * For a piece of work that is under way: resolves once all others have ended or wait like this one, and in any case
   * after `mostMs` of real time.
   */
  async others(mostMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        this.#patient.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, mostMs);
      this.#patient.add(goOn);
      setImmediate(() => this.#wake());
    });
  }

  /** Resolves once nothing is under way, checked again after the event loop has turned. */
  async idle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#running > 0) await new Promise<void>((resolve) => this.#waiters.add(resolve));
  }

  #wake(): void {
    if (this.#running === this.#patient.size) for (const goOn of [...this.#patient]) goOn();
    if (this.#running > 0) return;
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter();
  }
}
