import type { AwsBackend } from '#local/aws.ts';
import type { TaskState } from './definition.ts';
import { dataLimitExceeded, ERROR, StatesError } from './errors.ts';
import type { Doing, Frame, Outcome } from './execution.ts';
import { FIELD, failure } from './expressions.ts';
import { callFailure, taskCall, taskResult } from './integrations.ts';
import { exceedsPayloadLimit, isJsonObject, type Json, toJson } from './json.ts';
import { taskParameters } from './produce.ts';
import { type Completion, leave } from './states.ts';
import { type Details, type Execution, failureDetails, inputDetails, outputDetails } from './thread.ts';
import { SECOND } from './time.ts';

type TaskDoing = Extract<Doing, { kind: 'task' }>;

/** Evaluates what the task sends and schedules it; the call itself is made by {@link beginCall}. */
export async function scheduleTask(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  environment: { readonly region: string; readonly newToken: () => string },
): Promise<void> {
  const { target } = state;
  const token = target.pattern === 'request' ? undefined : environment.newToken();
  const scope = execution.evaluationScope(frame, { token });
  const { expressions } = execution;
  const seconds = async (field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined> => {
    const template = state[field];
    if (template === undefined) return undefined;
    const value = await expressions.evaluateAs(FIELD.integer, template, field, scope);
    if (value > 0) return value;
    throw failure(scope, `The ${field} field must be a positive integer: ${value}`, field, 'in-state');
  };
  const parameters = await taskParameters(execution, frame, state, scope);
  const text = JSON.stringify(parameters);
  if (exceedsPayloadLimit(text)) throw dataLimitExceeded(frame.state);
  const call = {
    parameters,
    timeoutSeconds: await seconds('TimeoutSeconds'),
    heartbeatSeconds: await seconds('HeartbeatSeconds'),
    roleArn:
      state.Credentials &&
      (await expressions.evaluateAs(FIELD.string, state.Credentials.RoleArn, 'Credentials/RoleArn', scope)),
  };
  const limits = {
    ...(call.timeoutSeconds === undefined ? {} : { timeoutInSeconds: call.timeoutSeconds }),
    ...(call.heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: call.heartbeatSeconds }),
    ...(call.roleArn === undefined ? {} : { taskCredentials: { roleArn: call.roleArn } }),
  };
  const details =
    target.kind === 'function'
      ? { ...inputDetails(text), resource: target.resource, ...limits }
      : { parameters: text, region: environment.region, ...resourceDetails(state), ...limits };
  execution.log(frame, `${eventPrefix(state)}Scheduled`, details);
  frame.doing = {
    kind: 'task',
    call,
    callId: execution.record.nextCall++,
    phase: 'scheduled',
    token,
    deadline: undefined,
    heartbeatDeadline: undefined,
    childArn: undefined,
    answer: undefined,
  };
}

/** Notes that the call goes out now, from when its time limits count. */
export function beginCall(execution: Execution, frame: Frame, state: TaskState, doing: TaskDoing): void {
  if (state.target.kind === 'function') execution.log(frame, 'LambdaFunctionStarted');
  else execution.log(frame, 'TaskStarted', resourceDetails(state));
  frame.doing = {
    ...doing,
    phase: 'calling',
    deadline: after(execution, doing.call.timeoutSeconds),
    heartbeatDeadline: after(execution, doing.call.heartbeatSeconds),
  };
}

/** Makes the call; whatever comes of it is an outcome. */
export async function makeCall(
  execution: Execution,
  state: TaskState,
  doing: TaskDoing,
  backend: AwsBackend,
  requestId: string,
): Promise<Outcome> {
  const { record } = execution;
  const { target } = state;
  const origin = {
    principal: doing.call.roleArn ?? record.roleArn,
    executionArn: record.arn,
    stateMachineArn: record.stateMachineArn,
  };
  let answer: Json;
  try {
    answer = toJson(await backend.call(taskCall(target, doing.call.parameters, origin)));
  } catch (error) {
    return failed(callFailure(target, error, requestId));
  }
  try {
    const value = taskResult(target, answer, requestId);
    if (exceedsPayloadLimit(JSON.stringify(value)))
      return failed(dataLimitExceeded(target.kind === 'function' ? target.resource : target.resourceType));
    return { ok: true, value };
  } catch (error) {
    if (error instanceof StatesError) return failed(error);
    throw error;
  }
}

function failed({ error, cause, alias }: StatesError): Outcome {
  return { ok: false, failure: { error, cause, alias } };
}

/**
 * Takes the call's answer. A request is done with it; any other task is submitted and goes on waiting.
 * @throws {StatesError} when the call failed
 */
export function callAnswered(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  doing: TaskDoing,
  outcome: Outcome,
): Completion | undefined {
  if (state.target.pattern === 'request') return taskEnded(execution, frame, state, outcome);
  if (!outcome.ok) throw logFailure(execution, frame, state, 'SubmitFailed', outcome.failure);
  execution.log(frame, 'TaskSubmitted', {
    ...outputDetails(JSON.stringify(outcome.value)),
    ...resourceDetails(state),
  });
  const waitsForChild = state.target.pattern !== 'waitForTaskToken';
  const arn = isJsonObject(outcome.value) ? outcome.value.ExecutionArn : undefined;
  frame.doing = {
    ...doing,
    phase: 'submitted',
    childArn: waitsForChild && typeof arn === 'string' ? arn : undefined,
  };
  return doing.answer && taskEnded(execution, frame, state, doing.answer);
}

/**
 * Ends a task by its answer: the call's, the callback's or the child execution's.
 * @throws {StatesError} when that is a failure
 */
export function taskEnded(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  outcome: Outcome,
): Completion {
  if (!outcome.ok) throw logFailure(execution, frame, state, 'Failed', outcome.failure);
  const details = { ...outputDetails(JSON.stringify(outcome.value)), ...resourceDetails(state) };
  execution.log(frame, `${eventPrefix(state)}Succeeded`, details);
  return leave(state, outcome.value, { result: outcome.value });
}

/** The failure of a task whose time, or whose time between two heartbeats, is over. */
export function taskTimedOut(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  limit: 'timeout' | 'heartbeat',
): StatesError {
  const alias = limit === 'heartbeat' ? ERROR.heartbeatTimeout : undefined;
  execution.letGo(frame);
  return logFailure(execution, frame, state, 'TimedOut', { error: ERROR.timeout, cause: undefined, alias });
}

function logFailure(
  execution: Execution,
  frame: Frame,
  state: TaskState,
  event: 'Failed' | 'SubmitFailed' | 'TimedOut',
  failure: { error: string | undefined; cause: string | undefined; alias?: string | undefined },
): StatesError {
  const details = { ...failureDetails(failure), ...resourceDetails(state) };
  execution.log(frame, `${eventPrefix(state)}${event}`, details);
  return new StatesError(failure.error, failure.cause, failure.alias);
}

/** The moment a number of seconds from now; undefined for no limit. */
export function after(execution: Execution, seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : execution.now() + seconds * SECOND;
}

function eventPrefix(state: TaskState): string {
  return state.target.kind === 'function' ? 'LambdaFunction' : 'Task';
}

function resourceDetails({ target }: TaskState): Details {
  if (target.kind === 'function') return {};
  return { resource: target.resource, resourceType: target.resourceType };
}
