/** A state of the Amazon States Language, as far as the compiler writes it. */
export interface State {
  readonly Type: 'Task' | 'Choice' | 'Parallel' | 'Map' | 'Wait' | 'Succeed' | 'Fail';
  readonly Comment: string;
  readonly Next?: string;
  readonly End?: true;
  readonly [field: string]: unknown;
}

/** A JSONata state machine definition. */
export interface Definition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The longest that a Standard execution may run (AWS Step Functions quota): one year. */
export const ONE_YEAR_SECONDS = 31_536_000;

/** Longest state name (AWS Step Functions quota). */
export const STATE_NAME_LIMIT = 80;

/** A JSONata expression as a value of the definition. */
export const jsonata = (expression: string): string => `{% ${expression} %}`;

export const ORDER = jsonata('$states.context.Execution.Input.order');
export const SUBORDER = jsonata('$states.context.Execution.Input.suborder');

/** How often the state was tried before. */
export const RETRY_COUNT = { retryCount: jsonata('$states.context.State.RetryCount') } as const;

/** What every callback carries: the token, and which attempt it belongs to. */
export const CALLBACK = {
  taskToken: jsonata('$states.context.Task.Token'),
  attempt: {
    enteredAt: jsonata('$states.context.State.EnteredTime'),
    ...RETRY_COUNT,
  },
} as const;

/** What was thrown, as a state's Catch sees it. */
export const THROWN = {
  error: jsonata('$states.errorOutput.Error'),
  cause: jsonata("$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : ''"),
} as const;

/** How often the state was tried that threw it. */
export const ATTEMPTS = { attempts: jsonata('$sum([$states.context.State.RetryCount, 1])') } as const;

export const LAMBDA = 'arn:aws:states:::lambda:invoke';
export const LAMBDA_CALLBACK = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
export const QUEUE_CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
export const QUEUE = 'arn:aws:states:::sqs:sendMessage';
