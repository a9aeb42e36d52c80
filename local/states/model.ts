/** STANDARD runs up to a year and is queried over the API; EXPRESS runs up to five minutes. */
export type StateMachineType = 'STANDARD' | 'EXPRESS';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** What is loaded into the engine: one state machine as it was deployed. */
export interface StateMachineInput {
  readonly arn: string;
  readonly name: string;
  /** The definition in Amazon States Language as parsed JSON; anything but JSONata is refused. */
  readonly definition: unknown;
  /** Role whose policies allow or deny what the machine's tasks call. */
  readonly roleArn: string;
  readonly type: StateMachineType;
}

/** A state machine that was loaded. */
export interface StateMachineDescription {
  readonly stateMachineArn: string;
  readonly name: string;
  /** The definition as JSON text. */
  readonly definition: string;
  readonly roleArn: string;
  readonly type: StateMachineType;
  /** Epoch milliseconds. */
  readonly creationDate: number;
}

/** An execution as DescribeExecution answers it; all dates are epoch milliseconds. */
export interface ExecutionDescription {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly type: StateMachineType;
  readonly startDate: number;
  readonly stopDate?: number;
  /** JSON text as it was given to StartExecution. */
  readonly input: string;
  /** JSON text; only when it succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redriveDate?: number;
  readonly redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE';
  readonly redriveStatusReason?: string;
}

/** One event of an execution's history, as GetExecutionHistory answers it. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  /** The event's details, keyed as on the wire (`taskScheduledEventDetails`), when it has any. */
  readonly details?: { readonly key: string; readonly value: Readonly<Record<string, unknown>> };
}

/** One billed state transition of a STANDARD execution (also told for EXPRESS, which AWS does not bill so). */
export interface Transition {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly type: StateMachineType;
  readonly stateName: string;
  readonly reason: 'entered' | 'retry';
}

/** What the engine tells as it goes, for metering, events and alarms. Must not throw. */
export interface StepFunctionsObserver {
  onTransition?(transition: Transition): void;
  onExecutionStarted?(execution: ExecutionDescription): void;
  /** A callback answers a task of the execution. */
  onTaskAnswered?(execution: ExecutionDescription): void;
  /** Every status an execution takes, RUNNING included: the 'Step Functions Execution Status Change' event. */
  onExecutionStatusChange?(execution: ExecutionDescription): void;
}
