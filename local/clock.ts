import { AsyncLocalStorage } from 'node:async_hooks';

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
  cancelled: boolean;
}

/**
 * A clock that stands still until it is moved. Timers run in order of their due time, those due at the same
 * instant in the order in which they were set, and each sees `now()` equal to its own due time. A timer runs
 * in the asynchronous context in which it was set.
 */
export class ManualClock implements Clock {
  #now: number;
  #sequence = 0;
  /** Binary heap, earliest first. */
  readonly #heap: Entry[] = [];
  readonly #onMove: (now: number) => void;

  constructor(start: number, onMove: (now: number) => void = () => {}) {
    this.#now = start;
    this.#onMove = onMove;
  }

  now(): number {
    return this.#now;
  }

  schedule(dueAt: number, task: () => void): Timer {
    const entry: Entry = {
      dueAt: Math.max(dueAt, this.#now),
      sequence: this.#sequence++,
      task: AsyncLocalStorage.bind(task),
      cancelled: false,
    };
    this.#push(entry);
    return {
      cancel: () => {
        entry.cancelled = true;
      },
    };
  }

  /** When the earliest timer is due, or undefined when none is set. */
  nextDue(): number | undefined {
    while (this.#heap[0]?.cancelled) this.#pop();
    return this.#heap[0]?.dueAt;
  }

  /**
   * Moves time to `target`, running what falls due on the way. After the timers of each instant `settle` is awaited, so
   * that what they set off is finished before time goes on; it goes on side by side, as it does on AWS.
   */
  async advanceTo(target: number, settle: () => Promise<void> = async () => {}): Promise<void> {
    await settle();
    for (let due = this.nextDue(); due !== undefined && due <= target; due = this.nextDue()) {
      this.#moveTo(due);
      for (const entry of this.#takeDue()) if (!entry.cancelled) entry.task();
      await settle();
    }
    this.#moveTo(target);
  }

  /** What is due by now; a timer that one of them sets for now comes after all of them. */
  #takeDue(): Entry[] {
    const due: Entry[] = [];
    for (let first = this.#heap[0]; first && first.dueAt <= this.#now; first = this.#heap[0]) {
      this.#pop();
      due.push(first);
    }
    return due;
  }

  #moveTo(time: number): void {
    if (time <= this.#now) return;
    this.#now = time;
    this.#onMove(time);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    if (heap.length > 1) this.#swap(0, heap.length - 1);
    const top = heap.pop();
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = this.#isBefore(left + 1, left) ? left + 1 : left;
      if (!this.#isBefore(child, index)) return top;
      this.#swap(index, child);
      index = child;
    }
  }

  #isBefore(index: number, other: number): boolean {
    const a = this.#heap[index];
    const b = this.#heap[other];
    return !!a && !!b && (a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.sequence < b.sequence));
  }

  #swap(index: number, other: number): void {
    const a = this.#heap[index];
    const b = this.#heap[other];
    if (!a || !b) return;
    this.#heap[index] = b;
    this.#heap[other] = a;
  }
}

/** The longest delay that `setTimeout` takes. */
const longestTimeout = 2 ** 31 - 1;

/** A clock that runs by itself, with real time. */
export class RunningClock implements Clock {
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  now(): number {
    return this.#now();
  }

  schedule(dueAt: number, task: () => void): Timer {
    let handle: NodeJS.Timeout;
    const arm = () => {
      const delay = Math.max(0, dueAt - this.now());
      handle = setTimeout(() => (this.now() >= dueAt ? task() : arm()), Math.min(delay, longestTimeout));
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  }
}
