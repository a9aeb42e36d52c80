import type { Clock } from '../clock.ts';

/** How many requests pass per second, and at once after a pause. */
export interface Throttle {
  /** Per second. */
  readonly rate: number;
  readonly burst: number;
}

/** The token bucket that AWS throttles with: `burst` tokens at most, refilled at `rate` a second. */
export class TokenBucket {
  readonly #throttle: Throttle;
  readonly #clock: Clock;
  #tokens: number;
  #filledAt: number;

  constructor(throttle: Throttle, clock: Clock) {
    this.#throttle = throttle;
    this.#clock = clock;
    this.#tokens = throttle.burst;
    this.#filledAt = clock.now();
  }

  /** Takes a token; false when there is none. */
  take(): boolean {
    const now = this.#clock.now();
    const refill = (Math.max(0, now - this.#filledAt) / 1000) * this.#throttle.rate;
    this.#tokens = Math.min(this.#throttle.burst, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
