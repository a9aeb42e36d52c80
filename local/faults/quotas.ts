import { AwsError } from '../aws.ts';
import type { Clock } from '../clock.ts';
import { type Throttle, TokenBucket } from '../http-api/token-bucket.ts';

/**
 * Buckets of the Step Functions API in most regions (three large ones have more), by what of the API shares one.
 * From its developer guide, "Quotas related to API action throttling".
 */
const buckets: Readonly<Record<string, Throttle>> = {
  StartExecution: { burst: 800, rate: 150 },
  SendTask: { burst: 1500, rate: 300 },
  DescribeExecution: { burst: 300, rate: 15 },
  ListExecutions: { burst: 200, rate: 5 },
  GetExecutionHistory: { burst: 400, rate: 20 },
  StopExecution: { burst: 500, rate: 25 },
};

/** How many functions of an account run at once. */
export const LAMBDA_CONCURRENCY = 1000;

/** How many messages of a standard queue are in flight at once. */
export const MOST_IN_FLIGHT = 120_000;

/** Throttles calls as an account's quotas do, by the embedded clock. */
export class Quotas {
  readonly #buckets: ReadonlyMap<string, TokenBucket>;

  constructor(clock: Clock) {
    this.#buckets = new Map(
      Object.entries(buckets).map(([action, throttle]) => [action, new TokenBucket(throttle, clock)]),
    );
  }

  /** @throws AwsError ThrottlingException when the quota is used up */
  take(service: string, action: string): void {
    if (service !== 'states') return;
    const bucket = this.#buckets.get(action.startsWith('SendTask') ? 'SendTask' : action);
    if (bucket?.take() === false) throw new AwsError('ThrottlingException', 'Rate exceeded');
  }
}
