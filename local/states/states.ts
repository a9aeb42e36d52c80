import type { ChoiceState, FailState, WaitState } from './definition.ts';
import { ERROR, inState, StatesError } from './errors.ts';
import type { Frame } from './execution.ts';
import { FIELD, failure } from './expressions.ts';
import type { Json, JsonObject } from './json.ts';
import type { Execution } from './thread.ts';
import { parseTimestamp, SECOND } from './time.ts';

/** A state that has done its work and is to be left. */
export interface Completion {
  /** What becomes of Output and Assign: the state's own, or a choice rule's or catcher's. */
  readonly produce: {
    readonly Output?: Json | undefined;
    readonly Assign?: JsonObject | undefined;
    /** Of a catcher in JSONPath. */
    readonly ResultPath?: string | null | undefined;
  };
  /** Where these stand, for errors: empty, `Choices[0]/` or `Catch[0]/`. */
  readonly where: string;
  /** The output when none is written. */
  readonly otherwise: Json;
  readonly result?: Json;
  readonly errorOutput?: Json;
  /** The state that follows; undefined at the end. */
  readonly next: string | undefined;
  /** Predecessor of the exit event, when it is not the thread's latest. */
  readonly exitAfter?: number;
}

/** Leaves a state by its own Output, Assign and Next. */
export function leave(
  state: {
    readonly Output?: Json | undefined;
    readonly Assign?: JsonObject | undefined;
    readonly Next?: string | undefined;
  },
  otherwise: Json,
  extra: { readonly result?: Json; readonly exitAfter?: number } = {},
): Completion {
  return { produce: state, where: '', otherwise, next: state.Next, ...extra };
}

export async function performChoice(
  execution: Execution,
  frame: Frame,
  state: ChoiceState,
): Promise<Completion> {
  const scope = execution.evaluationScope(frame);
  for (const [index, rule] of state.Choices.entries()) {
    const where = `Choices[${index}]/`;
    const holds =
      typeof rule.Condition === 'boolean'
        ? rule.Condition
        : await execution.expressions.evaluateAs(FIELD.boolean, rule.Condition, `${where}Condition`, scope);
    if (holds) return { produce: rule, where, otherwise: frame.input, next: rule.Next };
  }
  if (state.Default !== undefined) return leave({ ...state, Next: state.Default }, frame.input);
  throw new StatesError(
    ERROR.noChoiceMatched,
    inState(
      frame.state,
      frame.enteredEvent,
      'Failed to transition out of the state. The state does not point to a next state.',
    ),
  );
}

/** Starts waiting, or leaves at once when there is nothing to wait for. */
export async function performWait(
  execution: Execution,
  frame: Frame,
  state: WaitState,
): Promise<Completion | undefined> {
  const until = await waitsUntil(execution, frame, state);
  if (until <= execution.now()) return leave(state, frame.input);
  frame.doing = { kind: 'wait', until };
  return undefined;
}

async function waitsUntil(execution: Execution, frame: Frame, state: WaitState): Promise<number> {
  const scope = execution.evaluationScope(frame);
  const { expressions } = execution;
  if (state.Timestamp !== undefined) {
    const text = await expressions.evaluateAs(FIELD.string, state.Timestamp, 'Timestamp', scope);
    const time = parseTimestamp(text);
    if (time !== undefined) return time;
    const what = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`;
    throw failure(scope, what, 'Timestamp', 'in-state');
  }
  const seconds = await expressions.evaluateAs(FIELD.integer, state.Seconds ?? 0, 'Seconds', scope);
  if (seconds < 0)
    throw failure(scope, `The Seconds field must not be negative: ${seconds}`, 'Seconds', 'in-state');
  return execution.now() + seconds * SECOND;
}

/** @throws {StatesError} always: the error that the state stands for */
export async function performFail(execution: Execution, frame: Frame, state: FailState): Promise<never> {
  const scope = execution.evaluationScope(frame);
  const read = async (field: 'Error' | 'Cause'): Promise<string | undefined> => {
    const template = state[field];
    return template === undefined
      ? undefined
      : execution.expressions.evaluateAs(FIELD.string, template, field, scope);
  };
  throw new StatesError(await read('Error'), await read('Cause'));
}
