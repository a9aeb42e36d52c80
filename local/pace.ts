import { setTimeout as pause } from 'node:timers/promises';
import type { ManualClock } from './clock.ts';

/** Real time between two moves. */
const tickMs = 20;

/**
 * Moves a manual clock on by itself, `speed` times as fast as real time goes by. It stands still while something
 * is under way: work takes its real time however fast the clock is, and no time limit of it runs out on the way.
 * @returns ends it
 */
export function pace(clock: ManualClock, speed: number, settle: () => Promise<void>): () => void {
  const ended = new AbortController();
  const run = async () => {
    while (!ended.signal.aborted) {
      const from = performance.now();
      await pause(tickMs, undefined, { ref: false });
      await clock.advanceTo(clock.now() + (performance.now() - from) * speed, settle);
    }
  };
  void run();
  return () => ended.abort();
}
