/**
 * Every error of the product. The `code` is what the API answers, what a state machine's Retry and Catch
 * match (a Lambda function's error name is the class's `name`, which is set to the code) and what tests
 * compare. Messages carry no personal data.
 */
export abstract class MilepostError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = code;
  }
}

/** Technical errors that a retry can help; see `shared/tasks/retry.ts` for how long each is retried. */
export const TECHNICAL_ERRORS = ['Timeout', 'Unavailable', 'Throttled', 'Conflict'] as const;
export type TechnicalCode = (typeof TECHNICAL_ERRORS)[number];

/** An underlying system did not do its work, for a reason that has nothing to do with the order. */
export class TechnicalError extends MilepostError {
  constructor(code: TechnicalCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The system accepted the call and answers later; the same call with the same key is made again. */
export class AnswerPending extends MilepostError {
  constructor(system: string, operation: string) {
    super('AnswerPending', `${system} has not finished ${operation} yet`);
  }
}

/** A system or a person said no, in a way that the task declares; never retried blindly. */
export class BusinessRejection extends MilepostError {
  readonly detail: string;

  constructor(code: string, detail: string) {
    super(code, detail);
    this.detail = detail;
  }
}

/** An underlying system answered something that its contract does not know. Not retried: a person looks. */
export class ContractViolation extends MilepostError {
  constructor(system: string, operation: string, what: string) {
    super('ContractViolation', `${system} broke its contract for ${operation}: ${what}`);
  }
}

/** The order does not hold what a step needs. */
export class InputIncomplete extends MilepostError {
  readonly fields: readonly string[];

  constructor(step: string, fields: readonly string[], problems: readonly string[] = fields) {
    super('InputIncomplete', `Step ${step} cannot start: ${problems.join('; ')}`);
    this.fields = fields;
  }
}

/** What the request names does not exist. */
export class NotFound extends MilepostError {
  constructor(what: string, id: string) {
    super('NotFound', `${what} ${id} does not exist`);
  }
}

/** One thing that is wrong with a request. `pointer` is a JSON Pointer (RFC 6901) into the body, or a query parameter's name. */
export interface Problem {
  readonly pointer: string;
  readonly message: string;
  /** True when the field is mandatory and absent. */
  readonly missing?: boolean;
}

/** The request breaks its contract; each problem names its field. */
export class InvalidRequest extends MilepostError {
  readonly problems: readonly Problem[];

  constructor(
    problems: readonly Problem[],
    code: 'InvalidBody' | 'MissingBody' | 'InvalidQuery' | 'InvalidHeader' = 'InvalidBody',
  ) {
    super(
      code,
      problems.map(({ pointer, message }) => (pointer ? `${pointer}: ${message}` : message)).join('; '),
    );
    this.problems = problems;
  }
}

/** The request is well-formed, but does not go with the present state of what it names. */
export class StateConflict extends MilepostError {
  constructor(code: string, message: string) {
    super(code, message);
  }
}

/** The caller may not do this. */
export class Forbidden extends MilepostError {
  constructor(message: string) {
    super('Forbidden', message);
  }
}
