import { errorMatches, type StatesError } from './errors.ts';
import type { Retrier } from './state-schemas.ts';

const DEFAULTS = { interval: 1, attempts: 3, backoff: 2 } as const;

/** A retry that is to be made: which retrier grants it and after how many milliseconds. */
export interface GrantedRetry {
  readonly retrier: number;
  readonly delay: number;
}

/**
 * The retry that the first matching retrier grants, or undefined when none matches or its attempts are used
 * up. `used` counts, per retrier, the retries already made since the state was entered.
 */
export function grantRetry(
  retriers: readonly Retrier[],
  failure: StatesError,
  used: readonly number[],
  random: () => number,
): GrantedRetry | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => errorMatches(ErrorEquals, failure));
  const retrier = retriers[index];
  if (!retrier) return undefined;
  const made = used[index] ?? 0;
  if (made >= (retrier.MaxAttempts ?? DEFAULTS.attempts)) return undefined;
  const grown =
    (retrier.IntervalSeconds ?? DEFAULTS.interval) * (retrier.BackoffRate ?? DEFAULTS.backoff) ** made;
  const seconds = Math.min(grown, retrier.MaxDelaySeconds ?? Number.POSITIVE_INFINITY);
  const spread = retrier.JitterStrategy === 'FULL' ? random() : 1;
  return { retrier: index, delay: Math.round(seconds * spread * 1000) };
}
