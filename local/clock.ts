/** A timer that was set on a {@link Clock}; cancelling one that already ran does nothing. */
export interface Timer {
  cancel(): void;
}

/** The only source of time in the embedded cloud. All times are epoch milliseconds. */
export interface Clock {
  now(): number;
  /** Runs `task` once, when the clock reaches `dueAt` (at once, on the next turn, when that has passed). */
  schedule(dueAt: number, task: () => void): Timer;
}

interface Entry {
  readonly dueAt: number;
  readonly sequence: number;
  readonly task: () => void;
}

/**
 * A clock that stands still until it is moved. Timers run in order of their due time, those due at the same
 * instant in the order in which they were set, and each sees `now()` equal to its own due time.
 */
export class ManualClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #entries = new Set<Entry>();

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  schedule(dueAt: number, task: () => void): Timer {
    const entry: Entry = { dueAt: Math.max(dueAt, this.#now), sequence: this.#sequence++, task };
    this.#entries.add(entry);
    return { cancel: () => void this.#entries.delete(entry) };
  }

  /** When the earliest timer is due, or undefined when none is set. */
  nextDue(): number | undefined {
    return this.#earliest()?.dueAt;
  }

  /**
   * Moves time to `target`, running what falls due on the way. After each timer `settle` is awaited, so that
   * what the timer set off is finished before time goes on.
   */
  async advanceTo(target: number, settle: () => Promise<void> = async () => {}): Promise<void> {
    await settle();
    for (let next = this.#earliest(); next && next.dueAt <= target; next = this.#earliest()) {
      this.#entries.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.task();
      await settle();
    }
    this.#now = Math.max(this.#now, target);
  }

  #earliest(): Entry | undefined {
    let earliest: Entry | undefined;
    for (const entry of this.#entries) {
      if (
        !earliest ||
        entry.dueAt < earliest.dueAt ||
        (entry.dueAt === earliest.dueAt && entry.sequence < earliest.sequence)
      )
        earliest = entry;
    }
    return earliest;
  }
}
