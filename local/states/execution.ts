import type { Json, JsonObject } from './json.ts';
import type { ExecutionStatus, HistoryEvent, StateMachineType } from './model.ts';

/** A StatesError as data. */
export interface Failure {
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly alias?: string | undefined;
}

/** How a call or a callback came out. */
export type Outcome =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly failure: Failure };

/** What a task is about to send or has sent. */
export interface TaskCall {
  readonly parameters: Json;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  readonly roleArn: string | undefined;
}

/** What a thread is at. Times are epoch milliseconds. */
export type Doing =
  /** About to enter its state. */
  | { readonly kind: 'enter' }
  /** In its state, about to do what the state says (again, when it is retried or redriven). */
  | { readonly kind: 'perform' }
  | { readonly kind: 'wait'; readonly until: number }
  | { readonly kind: 'retry'; readonly until: number }
  | {
      readonly kind: 'task';
      readonly call: TaskCall;
      /** Tells the answers to this call from those to earlier ones. */
      readonly callId: number;
      readonly phase: 'scheduled' | 'calling' | 'submitted';
      readonly token: string | undefined;
      readonly deadline: number | undefined;
      readonly heartbeatDeadline: number | undefined;
      /** The execution that a `.sync` task waits for. */
      readonly childArn: string | undefined;
      /** A callback's answer that has been accepted; the token is closed from then on. */
      readonly answer: Outcome | undefined;
    }
  | { readonly kind: 'children' }
  /** Ended; its parent has not yet taken notice. */
  | { readonly kind: 'succeeded'; readonly output: Json; readonly lastEvent: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'aborted' };

/** The branches or iterations of a Parallel or Map state in flight. */
export interface Children {
  readonly total: number;
  started: number;
  /** How many may run at once. */
  readonly concurrency: number;
  /** Each child's input; for a Map, its items. */
  readonly inputs: readonly Json[];
  readonly outputs: Record<number, Json>;
  /** How many failed and were tolerated. */
  failures: number;
  /** How many failures a distributed Map tolerates; undefined elsewhere, where one is one too many. */
  readonly tolerated: number | undefined;
  /** The event that the children's chains hang on. */
  readonly startedEvent: number;
}

/**
 * One thread of an execution: the execution itself, a branch or an iteration. Plain data, so that an
 * execution can be written down at any moment between two steps and gone on with from there.
 */
export interface Frame {
  readonly id: number;
  readonly parent: { readonly frame: number; readonly index: number } | undefined;
  /** Item that the iteration is for, as `$states.context.Map.Item`. */
  readonly item: { readonly Index: number; readonly Value: Json } | undefined;
  /** Iterations of a distributed Map write no history into their parent's. */
  readonly quiet: boolean;
  /** How many events a quiet thread would have written. */
  quietEvents: number;
  state: string;
  input: Json;
  /** The input's text where it must be kept as it was written. */
  inputText: string | undefined;
  variables: JsonObject;
  /** Id of the thread's latest event, of that before its state was entered, and of its state's entry. */
  lastEvent: number;
  priorEvent: number;
  enteredEvent: number;
  enteredAt: number;
  /** Retries made in this state, per retrier. */
  retries: number[];
  doing: Doing;
  children: Children | undefined;
}

/** All there is to know about an execution, as data. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly type: StateMachineType;
  readonly roleArn: string;
  /** The definition it started with, as JSON text. */
  readonly definition: string;
  readonly input: string;
  readonly startDate: number;
  status: ExecutionStatus;
  stopDate: number | undefined;
  output: string | undefined;
  error: string | undefined;
  cause: string | undefined;
  redriveCount: number;
  redriveDate: number | undefined;
  /** When the execution as a whole times out. */
  deadline: number;
  nextFrame: number;
  nextCall: number;
  readonly frames: Map<number, Frame>;
  readonly history: HistoryEvent[];
}
