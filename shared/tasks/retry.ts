import type { RetryClass } from './task.ts';

/** A retrier of the Amazon States Language. */
export interface RetryRule {
  readonly errors: readonly string[];
  readonly intervalSeconds: number;
  readonly backoffRate: number;
  readonly maxAttempts: number;
  readonly maxDelaySeconds: number;
}

const LAMBDA_SERVICE_ERRORS = [
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'States.Timeout',
] as const;

/** How each retry class is retried; business rejections are in none, so they are never retried. */
export const RETRY: Readonly<Record<RetryClass, readonly RetryRule[]>> = {
  standard: [
    {
      errors: ['Timeout', 'Unavailable', 'Throttled', 'Conflict', ...LAMBDA_SERVICE_ERRORS],
      intervalSeconds: 2,
      backoffRate: 2,
      maxAttempts: 6,
      maxDelaySeconds: 300,
    },
    {
      errors: ['AnswerPending'],
      intervalSeconds: 5,
      backoffRate: 1.5,
      maxAttempts: 20,
      maxDelaySeconds: 3600,
    },
  ],
  poll: [
    {
      errors: ['Timeout', 'Unavailable', 'Throttled', 'Conflict', ...LAMBDA_SERVICE_ERRORS],
      intervalSeconds: 2,
      backoffRate: 2,
      maxAttempts: 6,
      maxDelaySeconds: 300,
    },
    {
      errors: ['AnswerPending'],
      intervalSeconds: 60,
      backoffRate: 1.5,
      maxAttempts: 40,
      maxDelaySeconds: 7200,
    },
  ],
};

/** Sending a message to a queue of the product: only AWS itself can fail. */
export const RETRY_SEND: RetryRule = {
  errors: ['SQS.SdkClientException', 'SQS.InternalFailure', 'SQS.ServiceUnavailable', 'SQS.RequestThrottled'],
  intervalSeconds: 2,
  backoffRate: 2,
  maxAttempts: 6,
  maxDelaySeconds: 300,
};
