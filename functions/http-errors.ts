import { InvalidRequest, MilepostError, type Problem } from '#shared/domain/errors.ts';

/** `tmf622` is the TM Forum's error body; `problem` is RFC 9457 (`application/problem+json`). */
export type ErrorShape = 'tmf622' | 'problem';

/** An error as it is answered: nothing of it reveals more than the caller may know. */
export interface ErrorAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** What both shapes are made of. */
interface Failure {
  readonly status: number;
  /** TMF622 error code. */
  readonly code: string;
  readonly name: string;
  readonly message: string;
  readonly problems: readonly Problem[];
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  403: 'The caller may not do this',
  404: 'Not found',
  409: 'The request does not go with the present state',
  422: 'The request cannot be processed',
  500: 'Internal error',
  503: 'The service is temporarily unavailable',
};

/** Technical errors, and service exceptions of AWS, that mean `try again`, by name. */
const BUSY = new Set([
  'Throttled',
  'Unavailable',
  'Timeout',
  'Conflict',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
  'TimeoutError',
]);

/**
 * The answer to any error that a handler throws. Errors of the product keep their message; any other is
 * `500` (or `503` when trying again helps) and tells nothing of its cause.
 */
export function errorAnswer(error: unknown, shape: ErrorShape): ErrorAnswer {
  const failure = failureOf(error, shape);
  return shape === 'tmf622' ? tmf622(failure) : problem(failure);
}

function failureOf(error: unknown, shape: ErrorShape): Failure {
  const name = error instanceof Error ? error.name : 'InternalError';
  if (BUSY.has(name)) return failure(503, '5', 'Unavailable', 'Try again in a moment');
  if (!(error instanceof MilepostError))
    return failure(500, '1', 'InternalError', 'Something went wrong; it has been logged');
  if (error instanceof InvalidRequest)
    return failure(400, invalidRequestCode(error), name, error.message, error.problems);
  switch (name) {
    case 'NotFound':
      return failure(404, '60', name, error.message);
    case 'Forbidden':
      return failure(403, '50', name, error.message);
    case 'AmendedMeanwhile':
    case 'AmendmentInProgress':
      return failure(409, '2', name, error.message);
    case 'IdempotencyKeyReused':
      return failure(422, '2', name, error.message);
    default:
      return failure(shape === 'tmf622' ? 422 : 409, '2', name, error.message);
  }
}

const failure = (
  status: number,
  code: string,
  name: string,
  message: string,
  problems: readonly Problem[] = [],
): Failure => ({ status, code, name, message, problems });

/** TMF622 codes 20 to 28: what part of the request is wrong. */
function invalidRequestCode({ code, problems: [first] }: InvalidRequest): string {
  switch (code) {
    case 'MissingBody':
      return '21';
    case 'InvalidQuery':
      return first?.missing ? '27' : '28';
    case 'InvalidHeader':
      return first?.missing ? '25' : '26';
    default:
      if (!first?.pointer) return '22';
      return first.missing ? '23' : '24';
  }
}

/** TMF622 v4 `Error`, every value a string; `pointer` is the project's addition, the first wrong field. */
function tmf622({ status, code, message, problems }: Failure): ErrorAnswer {
  const pointer = problems[0]?.pointer;
  return {
    status,
    contentType: 'application/json',
    body: {
      '@type': 'Error',
      code,
      reason: REASONS[status] ?? 'Error',
      message,
      status: String(status),
      referenceError: `https://www.rfc-editor.org/rfc/rfc9110.html#status.${status}`,
      ...(pointer && { pointer }),
    },
  };
}

/** RFC 9457; `code` is the error's name, `errors` its fields. */
function problem({ status, name, message, problems }: Failure): ErrorAnswer {
  return {
    status,
    contentType: 'application/problem+json',
    body: {
      type: 'about:blank',
      title: REASONS[status] ?? 'Error',
      status,
      detail: message,
      code: name,
      ...(problems.length > 0 && {
        errors: problems.map(({ pointer, message: detail }) => ({ pointer, detail })),
      }),
    },
  };
}
