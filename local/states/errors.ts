import type { Json } from './json.ts';

/** Where the history chain of a failed JSONata evaluation hangs on. */
export type EvaluationSite = 'before-state' | 'in-state';

/** A failure inside an execution, as states retry and catch it. */
export class StatesError extends Error {
  override readonly name: string = 'StatesError';
  /** The error name; undefined when whoever failed the task gave none. */
  readonly error: string | undefined;
  override readonly cause: string | undefined;
  /** A second name under which retriers and catchers find it. */
  readonly alias: string | undefined;

  constructor(error: string | undefined, cause: string | undefined, alias?: string) {
    super(`${error ?? '(no error)'}: ${cause ?? ''}`);
    this.error = error;
    this.cause = cause;
    this.alias = alias;
  }

  /** `$states.errorOutput` in a catcher. AWS gives a timeout an empty cause and other missing parts as null. */
  output(): { Error: Json; Cause: Json } {
    const missing = this.error === ERROR.timeout ? '' : null;
    return { Error: this.error ?? null, Cause: this.cause ?? missing };
  }
}

/** JSONata that failed, or gave what the field cannot take. */
export class QueryEvaluationError extends StatesError {
  override readonly name = 'QueryEvaluationError';
  /** The field as in `Arguments/FunctionName`; undefined when no field was written. */
  readonly location: string | undefined;
  readonly site: EvaluationSite;

  constructor(cause: string, location: string | undefined, site: EvaluationSite = 'before-state') {
    super('States.QueryEvaluationError', cause);
    this.location = location;
    this.site = site;
  }
}

/** The error names that the language itself knows and this interpreter raises. */
export const ERROR = {
  all: 'States.ALL',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  runtime: 'States.Runtime',
  noChoiceMatched: 'States.NoChoiceMatched',
  dataLimitExceeded: 'States.DataLimitExceeded',
  toleratedFailures: 'States.ExceedToleratedFailureThreshold',
  itemReaderFailed: 'States.ItemReaderFailed',
} as const;

/** A payload beyond 256 KiB; `what` is the state, or the service or function that answered it. */
export function dataLimitExceeded(what: string): StatesError {
  return new StatesError(
    ERROR.dataLimitExceeded,
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}

/** How AWS begins the cause of what fails in a state rather than in its task. */
export function inState(name: string, enteredEventId: number, what: string): string {
  return `An error occurred while executing the state '${name}' (entered at the event id #${enteredEventId}). ${what}`;
}

/**
 * Whether a retrier's or catcher's ErrorEquals takes an error: by name; `States.ALL` takes all but
 * States.Runtime, and `States.TaskFailed` all but that and timeouts.
 */
export function errorMatches(names: readonly string[], failure: StatesError): boolean {
  return names.some((name) => {
    if (name === failure.error || (name === failure.alias && name !== undefined)) return true;
    if (failure.error === ERROR.runtime) return false;
    return name === ERROR.all || (name === ERROR.taskFailed && failure.error !== ERROR.timeout);
  });
}
