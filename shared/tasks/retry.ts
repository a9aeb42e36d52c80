import { TECHNICAL_ERRORS } from '#shared/domain/errors.ts';
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
  // The process ended: killed, or out of memory.
  'Runtime.ExitError',
  'Sandbox.Timedout',
  'States.Timeout',
] as const;

const TECHNICAL: RetryRule = {
  errors: [...TECHNICAL_ERRORS, ...LAMBDA_SERVICE_ERRORS],
  intervalSeconds: 2,
  backoffRate: 2,
  maxAttempts: 6,
  maxDelaySeconds: 300,
};

/** How each retry class is retried; business rejections are in none, so they are never retried. */
export const RETRY: Readonly<Record<RetryClass, readonly RetryRule[]>> = {
  standard: [
    TECHNICAL,
    {
      errors: ['AnswerPending'],
      intervalSeconds: 5,
      backoffRate: 1.5,
      maxAttempts: 20,
      maxDelaySeconds: 3600,
    },
  ],
  poll: [
    TECHNICAL,
    {
      errors: ['AnswerPending'],
      intervalSeconds: 60,
      backoffRate: 1.5,
      maxAttempts: 40,
      maxDelaySeconds: 7200,
    },
  ],
};

/** Errors after which nobody knows whether a system has done what it was asked for: no answer came, or none that says so. */
export const LEAVES_OPEN: ReadonlySet<string> = new Set([
  ...RETRY.standard.flatMap(({ errors }) => errors),
  'ContractViolation',
]);

/** Handing a token to a function that parks it: a wait that times out is not parked again. */
export const LAMBDA_RETRY: RetryRule = {
  ...TECHNICAL,
  errors: TECHNICAL.errors.filter((error) => error !== 'States.Timeout'),
};

/** Sending a message to a queue of the product: only AWS itself can fail. */
export const RETRY_SEND: RetryRule = {
  errors: ['SQS.SdkClientException', 'SQS.InternalFailure', 'SQS.ServiceUnavailable', 'SQS.RequestThrottled'],
  intervalSeconds: 2,
  backoffRate: 2,
  maxAttempts: 6,
  maxDelaySeconds: 300,
};
