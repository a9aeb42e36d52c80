import type { AwsBackend } from '#local/aws.ts';
import type { MapState, ParallelState } from './definition.ts';
import { ERROR, StatesError } from './errors.ts';
import type { Children, Failure, Frame } from './execution.ts';
import { type EvaluationScope, FIELD, failure } from './expressions.ts';
import { isJsonObject, type Json, parseJson, toJson } from './json.ts';
import { type Completion, leave } from './states.ts';
import { type Execution, hasChildren } from './thread.ts';

/** Most iterations at once: inline as on AWS, distributed (10,000 there) enough for one machine. */
const MOST_AT_ONCE = { INLINE: 40, DISTRIBUTED: 1_000 } as const;

/** What comes of starting or ending a child: more threads to run, or the end of the whole state. */
export type ChildrenStep =
  | { readonly started: readonly Frame[] }
  | { readonly completion: Completion; readonly started?: undefined };

export async function performParallel(
  execution: Execution,
  frame: Frame,
  state: ParallelState,
): Promise<ChildrenStep> {
  const input =
    state.Arguments === undefined
      ? frame.input
      : await execution.expressions.evaluate(state.Arguments, 'Arguments', execution.evaluationScope(frame));
  return begin(execution, frame, {
    inputs: state.branches.map(() => input),
    concurrency: state.branches.length,
    tolerated: undefined,
    startedEvent: execution.log(frame, 'ParallelStateStarted'),
  });
}

export async function performMap(
  execution: Execution,
  frame: Frame,
  state: MapState,
  environment: { readonly backend: AwsBackend; readonly newRunId: () => string },
): Promise<ChildrenStep> {
  const scope = execution.evaluationScope(frame);
  const { expressions } = execution;
  const items = state.ItemReader
    ? await readItems(execution, state.ItemReader, scope, environment.backend)
    : await ownItems(execution, frame, state, scope);
  const most = MOST_AT_ONCE[state.distributed ? 'DISTRIBUTED' : 'INLINE'];
  const atOnce = await readAmount(execution, state.MaxConcurrency ?? 0, 'MaxConcurrency', scope);
  let startedEvent = execution.log(frame, 'MapStateStarted', { length: state.ItemReader ? 0 : items.length });
  const tolerated = await toleratedFailures(execution, state, items.length, scope);
  const selected: Json[] = [];
  for (const [Index, Value] of items.entries())
    selected.push(
      state.ItemSelector === undefined
        ? Value
        : await expressions.evaluate(state.ItemSelector, 'ItemSelector', withItem(scope, { Index, Value })),
    );
  const inputs = state.ItemBatcher ? await batch(execution, state.ItemBatcher, selected, scope) : selected;
  if (state.distributed) {
    const { stateMachineArn } = execution.record;
    const label = state.Label ?? environment.newRunId();
    const run = `${stateMachineArn.replace(':stateMachine:', ':mapRun:')}/${label}:${environment.newRunId()}`;
    startedEvent = execution.log(frame, 'MapRunStarted', { mapRunArn: run });
  }
  return begin(execution, frame, {
    inputs,
    concurrency: atOnce > 0 ? Math.min(atOnce, most) : most,
    tolerated: state.distributed ? tolerated : undefined,
    startedEvent,
  });
}

async function ownItems(
  execution: Execution,
  frame: Frame,
  state: MapState,
  scope: EvaluationScope,
): Promise<Json[]> {
  if (state.Items !== undefined)
    return execution.expressions.evaluateAs(FIELD.array, state.Items, 'Items', scope);
  if (Array.isArray(frame.input)) return frame.input;
  throw failure(scope, `Map state input must be an array but was: ${JSON.stringify(frame.input)}`, undefined);
}

/** The items in an S3 object. */
async function readItems(
  execution: Execution,
  reader: NonNullable<MapState['ItemReader']>,
  scope: EvaluationScope,
  backend: AwsBackend,
): Promise<Json[]> {
  const input = await execution.expressions.evaluate(reader.Arguments, 'ItemReader/Arguments', scope);
  const max = await readAmount(
    execution,
    reader.ReaderConfig.MaxItems ?? 0,
    'ItemReader/ReaderConfig/MaxItems',
    scope,
  );
  let items: Json;
  try {
    const answer = toJson(
      await backend.call({
        principal: execution.record.roleArn,
        service: 's3',
        action: 'GetObject',
        input: isJsonObject(input) ? input : {},
      }),
    );
    const body = isJsonObject(answer) && typeof answer.Body === 'string' ? answer.Body : '';
    const lines = body.split('\n').filter((line) => line.trim() !== '');
    items = reader.ReaderConfig.InputType === 'JSONL' ? lines.map(parseJson) : parseJson(body);
  } catch (error) {
    throw new StatesError(ERROR.itemReaderFailed, error instanceof Error ? error.message : String(error));
  }
  if (!Array.isArray(items))
    throw new StatesError(ERROR.itemReaderFailed, 'Attempting to map over non-iterable node.');
  return max > 0 ? items.slice(0, max) : items;
}

async function readAmount(
  execution: Execution,
  template: Json,
  field: string,
  scope: EvaluationScope,
): Promise<number> {
  const value = await execution.expressions.evaluateAs(FIELD.integer, template, field, scope);
  if (value < 0) throw failure(scope, `The ${field} field must not be negative: ${value}`, field);
  return value;
}

/** How many of a distributed Map's iterations may fail: the lower of the two limits, none when neither is set. */
async function toleratedFailures(
  execution: Execution,
  state: MapState,
  total: number,
  scope: EvaluationScope,
): Promise<number> {
  const { ToleratedFailureCount: count, ToleratedFailurePercentage: percentage } = state;
  const limits: number[] = [];
  if (count !== undefined) limits.push(await readAmount(execution, count, 'ToleratedFailureCount', scope));
  if (percentage !== undefined) {
    const field = 'ToleratedFailurePercentage';
    const value = await execution.expressions.evaluateAs(FIELD.number, percentage, field, scope);
    if (value < 0 || value > 100) throw failure(scope, `${field} must be between 0 and 100.`, field);
    limits.push(Math.floor((total * value) / 100));
  }
  return limits.length > 0 ? Math.min(...limits) : 0;
}

async function batch(
  execution: Execution,
  batcher: NonNullable<MapState['ItemBatcher']>,
  items: readonly Json[],
  scope: EvaluationScope,
): Promise<Json[]> {
  const limit = async (field: 'MaxItemsPerBatch' | 'MaxInputBytesPerBatch'): Promise<number> => {
    const value = await readAmount(execution, batcher[field] ?? 0, `ItemBatcher/${field}`, scope);
    return value > 0 ? value : Number.POSITIVE_INFINITY;
  };
  const [mostItems, mostBytes] = [await limit('MaxItemsPerBatch'), await limit('MaxInputBytesPerBatch')];
  const shared =
    batcher.BatchInput === undefined
      ? {}
      : {
          BatchInput: await execution.expressions.evaluate(
            batcher.BatchInput,
            'ItemBatcher/BatchInput',
            scope,
          ),
        };
  const batches: Json[][] = [];
  for (const item of items) {
    const last = batches.at(-1);
    const fits =
      last &&
      last.length < mostItems &&
      Buffer.byteLength(JSON.stringify({ ...shared, Items: [...last, item] })) <= mostBytes;
    if (fits) last.push(item);
    else batches.push([item]);
  }
  return batches.map((Items) => ({ ...shared, Items }));
}

function withItem(scope: EvaluationScope, item: { Index: number; Value: Json }): EvaluationScope {
  const context = isJsonObject(scope.states.context) ? scope.states.context : {};
  return { ...scope, states: { ...scope.states, context: { ...context, Map: { Item: item } } } };
}

function begin(
  execution: Execution,
  frame: Frame,
  plan: Pick<Children, 'inputs' | 'concurrency' | 'tolerated' | 'startedEvent'>,
): ChildrenStep {
  for (const child of execution.childrenOf(frame)) forget(execution, child);
  frame.children = { ...plan, total: plan.inputs.length, started: 0, outputs: {}, failures: 0 };
  frame.doing = { kind: 'children' };
  return proceed(execution, frame, frame.children, plan.startedEvent);
}

/** Starts as many children as may run, or ends the state when all have ended. */
function proceed(execution: Execution, frame: Frame, children: Children, predecessor: number): ChildrenStep {
  const ended = Object.keys(children.outputs).length;
  if (ended === children.total) return { completion: complete(execution, frame, children, predecessor) };
  const started: Frame[] = [];
  for (let running = children.started - ended; running < children.concurrency; running++) {
    if (children.started === children.total) break;
    started.push(startChild(execution, frame, children, children.started++, predecessor));
  }
  return { started };
}

function startChild(
  execution: Execution,
  parent: Frame,
  children: Children,
  index: number,
  predecessor: number,
): Frame {
  const state = execution.stateOf(parent);
  const input = children.inputs[index] ?? null;
  const isMap = state.Type === 'Map';
  const child: Frame = {
    id: execution.record.nextFrame++,
    parent: { frame: parent.id, index },
    item: isMap ? { Index: index, Value: input } : undefined,
    quiet: parent.quiet || (isMap && state.distributed),
    quietEvents: 0,
    state: '',
    input,
    inputText: undefined,
    variables: {},
    lastEvent: predecessor,
    priorEvent: predecessor,
    enteredEvent: 0,
    enteredAt: execution.now(),
    retries: [],
    doing: { kind: 'enter' },
    children: undefined,
  };
  execution.record.frames.set(child.id, child);
  child.state = execution.scopeOf(child).startAt;
  if (isMap) execution.log(child, 'MapIterationStarted', { name: parent.state, index });
  return child;
}

function complete(execution: Execution, frame: Frame, children: Children, predecessor: number): Completion {
  const state = execution.stateOf(frame);
  if (!hasChildren(state)) throw new Error(`state ${frame.state} has no children`);
  const result = children.inputs.map((_, index) => children.outputs[index] ?? null);
  frame.lastEvent = predecessor;
  if (state.Type === 'Map' && state.distributed) execution.log(frame, 'MapRunSucceeded');
  execution.log(frame, `${state.Type}StateSucceeded`);
  return leave(state, result, { result, exitAfter: predecessor });
}

/**
 * Takes notice of a branch or iteration that ended.
 * @throws {StatesError} when it failed and no failure is tolerated
 */
export function childEnded(execution: Execution, frame: Frame, child: Frame): ChildrenStep | undefined {
  const { children } = frame;
  if (frame.doing.kind !== 'children' || !children || !child.parent) return undefined;
  const { index } = child.parent;
  const state = execution.stateOf(frame);
  if (child.doing.kind === 'succeeded') {
    children.outputs[index] = child.doing.output;
    const all = Object.keys(children.outputs).length === children.total;
    const predecessor = all && state.Type === 'Map' ? child.lastEvent : child.doing.lastEvent;
    forget(execution, child);
    return proceed(execution, frame, children, child.quiet ? children.startedEvent : predecessor);
  }
  if (child.doing.kind !== 'failed') return undefined;
  const { failure: cause } = child.doing;
  if (children.tolerated !== undefined && ++children.failures <= children.tolerated) {
    children.outputs[index] = errorOf(cause).output();
    forget(execution, child);
    return proceed(execution, frame, children, children.startedEvent);
  }
  abortChildren(execution, frame, child);
  if (children.tolerated === undefined) throw errorOf(cause);
  const exceeded = {
    error: ERROR.toleratedFailures,
    cause: 'The specified tolerated failure threshold was exceeded',
  };
  execution.log(frame, 'MapRunFailed', exceeded, children.startedEvent);
  throw errorOf(exceeded);
}

function errorOf({ error, cause, alias }: Failure): StatesError {
  return new StatesError(error, cause, alias);
}

/** Ends the siblings of a failed child; all of what that writes hangs on the event that failed it. */
function abortChildren(execution: Execution, frame: Frame, failedChild: Frame): void {
  const failedAt = failedChild.lastEvent;
  const name = frame.state;
  const isMap = execution.stateOf(frame).Type === 'Map';
  const children = execution.childrenOf(frame);
  for (const child of [failedChild, ...children.filter((other) => other !== failedChild)]) {
    const index = child.parent?.index ?? 0;
    const failing = child === failedChild;
    if (child.doing.kind === 'aborted') continue;
    if (child.doing.kind === 'succeeded') {
      if (frame.children) frame.children.outputs[index] = child.doing.output;
      forget(execution, child);
      continue;
    }
    if (isMap) {
      const type = failing ? 'MapIterationFailed' : 'MapIterationAborted';
      execution.log(child, type, { name, index }, failedAt);
    }
    abortThread(execution, child, failedAt);
    if (!failing) child.doing = { kind: 'aborted' };
  }
  frame.lastEvent = frame.quiet ? frame.lastEvent : failedAt;
}

/** Ends what a thread has in flight, innermost first. */
function abortThread(execution: Execution, frame: Frame, failedAt: number): void {
  execution.letGo(frame);
  for (const child of execution.childrenOf(frame)) {
    if (child.doing.kind === 'aborted') continue;
    abortThread(execution, child, failedAt);
    child.doing = { kind: 'aborted' };
  }
  const { Type } = execution.stateOf(frame);
  const closes = Type === 'Task' || Type === 'Wait' || hasChildren(execution.stateOf(frame));
  if (closes && frame.doing.kind !== 'enter')
    execution.log(frame, `${Type}StateAborted`, undefined, failedAt);
}

/** Removes a thread and all inside it. */
export function forget(execution: Execution, frame: Frame): void {
  for (const child of execution.childrenOf(frame)) forget(execution, child);
  execution.record.frames.delete(frame.id);
}
