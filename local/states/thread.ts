import type { Machine, MapState, ParallelState, Scope, State } from './definition.ts';
import type { Doing, ExecutionRecord, Frame } from './execution.ts';
import { type EvaluationScope, Expressions } from './expressions.ts';
import { type Json, type JsonObject, parseJson } from './json.ts';
import type { HistoryEvent } from './model.ts';

/** A history is full at 25,000 events; the last is kept for saying so. */
export const MAX_EVENTS = 25_000;
/** Express executions have no such limit on AWS; here one that loops without end must end all the same. */
const MAX_EXPRESS_EVENTS = 10 * MAX_EVENTS;

/** The execution's history is full. */
export class HistoryFullError extends Error {
  override readonly name = 'HistoryFullError';

  constructor(most: number) {
    super(`The execution reached the maximum number of history events (${most}).`);
  }
}

export type Details = Readonly<Record<string, unknown>>;

/** Text in a history event, with the note that none of it was cut. */
export function inputDetails(input: string): Details {
  return { input, inputDetails: { truncated: false } };
}

export function outputDetails(output: string): Details {
  return { output, outputDetails: { truncated: false } };
}

/** Only the parts of a failure that are there. */
export function failureDetails(failure: { error: string | undefined; cause: string | undefined }): Details {
  return {
    ...(failure.error === undefined ? {} : { error: failure.error }),
    ...(failure.cause === undefined ? {} : { cause: failure.cause }),
  };
}

const STATE_EVENT = /State(Entered|Exited)$/;

/** An execution's record together with its definition, and what can be read off and written to both. */
export class Execution {
  readonly record: ExecutionRecord;
  readonly machine: Machine;
  readonly expressions: Expressions;
  readonly now: () => number;

  readonly #input: Json;
  readonly #stopExecution: (executionArn: string) => void;

  constructor(
    record: ExecutionRecord,
    machine: Machine,
    sources: {
      readonly now: () => number;
      readonly random: () => number;
      readonly stopExecution: (executionArn: string) => void;
    },
  ) {
    this.record = record;
    this.machine = machine;
    this.now = sources.now;
    this.#input = parseJson(record.input);
    this.#stopExecution = sources.stopExecution;
    this.expressions = new Expressions(sources);
  }

  /** Stops the execution that a thread's `.sync` task waits for, as AWS does when the task ends first. */
  letGo({ doing }: Frame): void {
    if (doing.kind === 'task' && doing.childArn !== undefined) this.#stopExecution(doing.childArn);
  }

  /** Appends an event to the history and answers its id. */
  append(type: string, previousEventId: number, details?: Details): number {
    const { history } = this.record;
    const most = this.record.type === 'STANDARD' ? MAX_EVENTS : MAX_EXPRESS_EVENTS;
    if (!type.startsWith('Execution') && history.length >= most - 1) throw new HistoryFullError(most);
    const id = history.length + 1;
    const key = lowerFirst(STATE_EVENT.exec(type)?.[0] ?? type);
    const event: HistoryEvent = { id, previousEventId, type, timestamp: this.now() };
    history.push(details ? { ...event, details: { key: `${key}EventDetails`, value: details } } : event);
    return id;
  }

  /** Appends an event to a thread's chain; a quiet thread counts its own instead. */
  log(frame: Frame, type: string, details?: Details, previousEventId = frame.lastEvent): number {
    if (!frame.quiet) frame.lastEvent = this.append(type, previousEventId, details);
    else if (++frame.quietEvents >= MAX_EVENTS) throw new HistoryFullError(MAX_EVENTS);
    return frame.lastEvent;
  }

  frame(id: number): Frame | undefined {
    return this.record.frames.get(id);
  }

  parentOf(frame: Frame): Frame | undefined {
    return frame.parent && this.frame(frame.parent.frame);
  }

  childrenOf(frame: Frame): Frame[] {
    return [...this.record.frames.values()].filter((other) => other.parent?.frame === frame.id);
  }

  /** The states that a thread moves among. */
  scopeOf(frame: Frame): Scope {
    const parent = this.parentOf(frame);
    if (!parent || !frame.parent) return this.machine;
    const scope = childScope(this.stateOf(parent), frame.parent.index);
    if (!scope) throw new Error(`thread ${frame.id} has no scope in ${parent.state}`);
    return scope;
  }

  stateOf(frame: Frame): State {
    const state = this.scopeOf(frame).states.get(frame.state);
    if (!state) throw new Error(`there is no state ${frame.state}`);
    return state;
  }

  /** What the thread's expressions see. */
  evaluationScope(
    frame: Frame,
    extra: { readonly result?: Json; readonly errorOutput?: Json; readonly token?: string | undefined } = {},
  ): EvaluationScope {
    const { token, ...states } = extra;
    return {
      stateName: frame.state,
      enteredEventId: frame.enteredEvent,
      states: { input: frame.input, context: this.#contextObject(frame, token), ...states },
      variables: this.#visibleVariables(frame),
    };
  }

  #visibleVariables(frame: Frame): JsonObject {
    const parent = this.parentOf(frame);
    if (!parent) return frame.variables;
    const state = this.stateOf(parent);
    const outer = state.Type === 'Map' && state.distributed ? {} : this.#visibleVariables(parent);
    return { ...outer, ...frame.variables };
  }

  #contextObject(frame: Frame, token: string | undefined): JsonObject {
    const { record } = this;
    const state = this.stateOf(frame);
    const retries = frame.retries.reduce((sum, made) => sum + made, 0);
    const redriven =
      record.redriveDate === undefined ? {} : { RedriveTime: new Date(record.redriveDate).toISOString() };
    const item = this.#item(frame);
    return {
      Execution: {
        Id: record.arn,
        Input: this.#input,
        StartTime: new Date(record.startDate).toISOString(),
        Name: record.name,
        RoleArn: record.roleArn,
        RedriveCount: record.redriveCount,
        ...redriven,
      },
      StateMachine: { Id: record.stateMachineArn, Name: record.stateMachineName },
      State: {
        Name: frame.state,
        EnteredTime: new Date(frame.enteredAt).toISOString(),
        ...('Retry' in state ? { RetryCount: retries } : {}),
      },
      ...(token === undefined ? {} : { Task: { Token: token } }),
      ...(item === undefined ? {} : { Map: { Item: item } }),
    };
  }

  #item(frame: Frame): { Index: number; Value: Json } | undefined {
    const parent = this.parentOf(frame);
    return frame.item ?? (parent && this.#item(parent));
  }
}

/** The states of a Parallel's branch or a Map's iteration. */
function childScope(state: State, index: number): Scope | undefined {
  if (state.Type === 'Parallel') return state.branches[index];
  return state.Type === 'Map' ? state.processor : undefined;
}

/** States that run others inside. */
export function hasChildren(state: State): state is ParallelState | MapState {
  return state.Type === 'Parallel' || state.Type === 'Map';
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** When a thread has to be woken. */
export function dueAt(doing: Doing): number {
  switch (doing.kind) {
    case 'wait':
    case 'retry':
      return doing.until;
    case 'task':
      if (doing.answer) return Number.POSITIVE_INFINITY;
      return Math.min(
        doing.deadline ?? Number.POSITIVE_INFINITY,
        doing.heartbeatDeadline ?? Number.POSITIVE_INFINITY,
      );
    default:
      return Number.POSITIVE_INFINITY;
  }
}
