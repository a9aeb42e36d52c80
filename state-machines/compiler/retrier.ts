import type { RetryRule } from '#shared/tasks/retry.ts';

/** A retrier of the Amazon States Language, with full jitter. */
export const retrier = (rule: RetryRule) => ({
  ErrorEquals: rule.errors,
  IntervalSeconds: rule.intervalSeconds,
  BackoffRate: rule.backoffRate,
  MaxAttempts: rule.maxAttempts,
  MaxDelaySeconds: rule.maxDelaySeconds,
  JitterStrategy: 'FULL',
});
