import type { Activity } from '#local/activity.ts';
import type { AwsBackend } from '#local/aws.ts';
import type { Clock } from '#local/clock.ts';
import type {
  ExecutionDescription,
  ExecutionStatus,
  HistoryEvent,
  StateMachineDescription,
  StateMachineInput,
  StepFunctionsObserver,
} from './model.ts';

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly backend: AwsBackend;
  /** Uniform in [0, 1): jitter, `$random()` and `$uuid()` draw from it. */
  readonly random: () => number;
  readonly region: string;
  readonly account: string;
  readonly observer?: StepFunctionsObserver;
  /** Makes task tokens; unguessable ones unless told otherwise. */
  readonly newToken?: () => string;
}

/** The embedded cloud's Step Functions: state machines, their executions, and the API's actions. */
export class StepFunctions {
  constructor(_options: StepFunctionsOptions) {}

  /** @throws {DefinitionError} naming state and field when the definition cannot be run */
  load(_machine: StateMachineInput): StateMachineDescription {
    throw new Error('not yet built');
  }

  /** Synchronous up to the decision; the execution itself goes on in the background (see `Activity`). */
  start(_request: { stateMachineArn: string; name?: string; input?: string }): {
    executionArn: string;
    startDate: number;
  } {
    throw new Error('not yet built');
  }

  describe(_executionArn: string): ExecutionDescription {
    throw new Error('not yet built');
  }

  /** Newest first. */
  list(_request: {
    stateMachineArn: string;
    statusFilter?: ExecutionStatus;
    maxResults?: number;
    nextToken?: string;
  }): { executions: ExecutionDescription[]; nextToken?: string } {
    throw new Error('not yet built');
  }

  history(_request: {
    executionArn: string;
    maxResults?: number;
    nextToken?: string;
    reverseOrder?: boolean;
  }): { events: HistoryEvent[]; nextToken?: string } {
    throw new Error('not yet built');
  }

  stop(_request: { executionArn: string; error?: string; cause?: string }): { stopDate: number } {
    throw new Error('not yet built');
  }

  sendTaskSuccess(_request: { taskToken: string; output: string }): void {
    throw new Error('not yet built');
  }

  sendTaskFailure(_request: { taskToken: string; error?: string; cause?: string }): void {
    throw new Error('not yet built');
  }

  sendTaskHeartbeat(_request: { taskToken: string }): void {
    throw new Error('not yet built');
  }

  redrive(_request: { executionArn: string }): { redriveDate: number } {
    throw new Error('not yet built');
  }

  listStateMachines(): StateMachineDescription[] {
    throw new Error('not yet built');
  }

  describeStateMachine(_stateMachineArn: string): StateMachineDescription {
    throw new Error('not yet built');
  }

  describeStateMachineForExecution(_executionArn: string): StateMachineDescription {
    throw new Error('not yet built');
  }
}
