import type { Activity } from '#local/activity.ts';
import type { AwsBackend } from '#local/aws.ts';
import type { Clock, Timer } from '#local/clock.ts';
import { randomUuid } from '#local/random.ts';
import { type ChildrenStep, childEnded, forget, performMap, performParallel } from './children.ts';
import type { Machine, State, TaskState } from './definition.ts';
import { dataLimitExceeded, ERROR, errorMatches, QueryEvaluationError, StatesError } from './errors.ts';
import type { Doing, ExecutionRecord, Failure, Frame, Outcome } from './execution.ts';
import { exceedsPayloadLimit, type Json, parseJson } from './json.ts';
import type { ExecutionStatus, Transition } from './model.ts';
import { grantRetry } from './retry.ts';
import { type Completion, leave, performChoice, performFail, performWait } from './states.ts';
import { after, beginCall, callAnswered, makeCall, scheduleTask, taskEnded, taskTimedOut } from './tasks.ts';
import {
  Execution,
  failureDetails,
  HistoryFullError,
  hasChildren,
  inputDetails,
  outputDetails,
} from './thread.ts';

/** What an execution needs from around it. */
export interface RunEnvironment {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly backend: AwsBackend;
  readonly random: () => number;
  readonly region: string;
  /** A token for a task of this execution. */
  readonly newToken: (executionArn: string) => string;
  /** Tells, once, how a child execution ended; at once when it already has. */
  readonly whenEnded: (executionArn: string, tell: (child: ExecutionRecord) => void) => void;
  readonly onTransition: (transition: Transition) => void;
  readonly onStatusChange: (record: ExecutionRecord) => void;
  /** Writes the record down; called whenever it has changed and before the change can be seen outside. */
  readonly save: (record: ExecutionRecord) => void;
}

/** One thing that an execution takes notice of; they are handled one after the other. */
type Message =
  | { readonly kind: 'run'; readonly frame: number }
  | { readonly kind: 'call'; readonly frame: number; readonly callId: number }
  | { readonly kind: 'answered'; readonly frame: number; readonly callId: number; readonly outcome: Outcome }
  | { readonly kind: 'ended'; readonly frame: number; readonly callId: number; readonly outcome: Outcome }
  | { readonly kind: 'child-ended'; readonly frame: number; readonly child: number }
  | { readonly kind: 'tick' }
  | { readonly kind: 'abort'; readonly failure: Failure; readonly done: () => void };

type Work = () => Promise<Completion | undefined> | Completion | undefined;

const MAIN_FRAME = 0;

/** One execution on its way: takes messages one by one, each from one resting point of its record to the next. */
export class Run {
  readonly #execution: Execution;
  readonly #environment: RunEnvironment;
  readonly #messages: Message[] = [];
  #busy = false;
  #timer: { readonly due: number; readonly timer: Timer } | undefined;

  constructor(record: ExecutionRecord, machine: Machine, environment: RunEnvironment) {
    this.#environment = environment;
    this.#execution = new Execution(record, machine, {
      now: () => environment.clock.now(),
      random: environment.random,
      stopExecution: (executionArn) => this.#stopExecution(executionArn),
    });
  }

  get record(): ExecutionRecord {
    return this.#execution.record;
  }

  /** Starts an execution whose record is new. */
  begin(): void {
    const { record, machine } = this.#execution;
    this.#execution.append('ExecutionStarted', 0, { ...inputDetails(record.input), roleArn: record.roleArn });
    const main: Frame = {
      id: MAIN_FRAME,
      parent: undefined,
      item: undefined,
      quiet: false,
      state: machine.startAt,
      input: parseJson(record.input),
      inputText: record.input,
      variables: {},
      lastEvent: 0,
      priorEvent: 0,
      enteredEvent: 0,
      enteredAt: record.startDate,
      retries: [],
      doing: { kind: 'enter' },
      children: undefined,
    };
    record.frames.set(main.id, main);
    this.#environment.save(record);
    this.#environment.onStatusChange(record);
    this.#post({ kind: 'run', frame: main.id });
  }

  /**
   * Goes on with an execution from its record alone. A call that was under way is made again: whether the
   * first was answered is not known.
   */
  resume(): void {
    if (this.record.status !== 'RUNNING') return;
    for (const frame of this.record.frames.values()) this.#pickUp(frame);
    this.#setTimer();
  }

  #pickUp(frame: Frame): void {
    const { doing } = frame;
    switch (doing.kind) {
      case 'enter':
      case 'perform':
        this.#post({ kind: 'run', frame: frame.id });
        break;
      case 'succeeded':
      case 'failed':
        if (frame.parent) this.#post({ kind: 'child-ended', frame: frame.parent.frame, child: frame.id });
        break;
      case 'task':
        if (doing.phase !== 'submitted') this.#post({ kind: 'call', frame: frame.id, callId: doing.callId });
        else if (doing.answer) this.#postEnded(frame, doing.callId, doing.answer);
        else this.#watchChild(frame, doing);
        break;
      default:
        break;
    }
  }

  /** The thread that waits for a callback with this token, if one does. */
  #waiting(token: string): { frame: Frame; doing: Extract<Doing, { kind: 'task' }> } | undefined {
    if (this.record.status !== 'RUNNING') return undefined;
    for (const frame of this.record.frames.values()) {
      const { doing } = frame;
      if (doing.kind === 'task' && doing.token === token && doing.answer === undefined)
        return { frame, doing };
    }
    return undefined;
  }

  /** Answers a callback; false when nothing waits for it (any more). The token is closed at once. */
  answerToken(token: string, outcome: Outcome): boolean {
    const waiting = this.#waiting(token);
    if (!waiting) return false;
    const { frame, doing } = waiting;
    frame.doing = { ...doing, answer: outcome };
    this.#environment.save(this.record);
    if (doing.phase === 'submitted') this.#postEnded(frame, doing.callId, outcome);
    return true;
  }

  /** Puts off a callback's heartbeat limit; false when nothing waits for the token (any more). */
  heartbeat(token: string): boolean {
    const waiting = this.#waiting(token);
    if (!waiting) return false;
    const { frame, doing } = waiting;
    frame.doing = { ...doing, heartbeatDeadline: after(this.#execution, doing.call.heartbeatSeconds) };
    this.#environment.save(this.record);
    this.#setTimer();
    return true;
  }

  /** Aborts the execution; resolves when it has ended, which it may have in another way meanwhile. */
  abort(failure: Failure): Promise<void> {
    return new Promise((done) => this.#post({ kind: 'abort', failure, done }));
  }

  /** Goes on with an execution that did not succeed, from the states that did not. */
  redrive(deadline: number): void {
    const { record } = this.#execution;
    record.redriveCount++;
    record.redriveDate = this.#execution.now();
    record.status = 'RUNNING';
    record.stopDate = record.error = record.cause = undefined;
    record.deadline = deadline;
    const last = record.history.length;
    const redriven = this.#execution.append('ExecutionRedriven', last, { redriveCount: record.redriveCount });
    const main = this.#execution.frame(MAIN_FRAME);
    if (!main) throw new Error(`execution ${record.arn} has no main thread`);
    this.#revive(main, redriven);
    this.#environment.save(record);
    this.#environment.onStatusChange(record);
    this.resume();
  }

  #revive(frame: Frame, redriven: number): void {
    frame.retries = [];
    frame.lastEvent = redriven;
    const children = this.#execution.childrenOf(frame);
    if (frame.children && children.length > 0) {
      frame.doing = { kind: 'children' };
      frame.children.failures = 0;
      for (const child of children) if (child.doing.kind !== 'succeeded') this.#revive(child, redriven);
    } else
      frame.doing = { kind: frame.doing.kind === 'enter' || frame.enteredEvent === 0 ? 'enter' : 'perform' };
  }

  #post(message: Message): void {
    this.#messages.push(message);
    if (!this.#busy) void this.#work();
  }

  #postEnded(frame: Frame, callId: number, outcome: Outcome): void {
    this.#post({ kind: 'ended', frame: frame.id, callId, outcome });
  }

  async #work(): Promise<void> {
    this.#busy = true;
    const end = this.#environment.activity.begin();
    try {
      for (let message = this.#messages.shift(); message; message = this.#messages.shift()) {
        await this.#guarded(message);
        this.#environment.save(this.record);
      }
    } finally {
      this.#busy = false;
      this.#setTimer();
      end();
    }
  }

  /** An execution that cannot go on fails; it never just stands still. */
  async #guarded(message: Message): Promise<void> {
    try {
      if (message.kind === 'abort') this.#abort(message.failure, message.done);
      else if (this.record.status === 'RUNNING') await this.#handle(message);
    } catch (error) {
      const cause = error instanceof HistoryFullError ? error.message : `Internal error: ${String(error)}`;
      this.#finish('FAILED', { failure: { error: ERROR.runtime, cause } }, this.record.history.length);
    }
  }

  async #handle(message: Exclude<Message, { kind: 'abort' }>): Promise<void> {
    if (message.kind === 'tick') return this.#tick();
    const frame = this.#execution.frame(message.frame);
    if (!frame) return;
    const { doing } = frame;
    switch (message.kind) {
      case 'run':
        return this.#advance(frame);
      case 'child-ended': {
        const child = this.#execution.frame(message.child);
        return child && this.#step(frame, () => this.#launch(childEnded(this.#execution, frame, child)));
      }
      default:
    }
    const state = this.#execution.stateOf(frame);
    if (doing.kind !== 'task' || doing.callId !== message.callId || state.Type !== 'Task') return;
    switch (message.kind) {
      case 'call':
        return this.#call(frame, state, doing);
      case 'answered':
        if (doing.phase !== 'calling') return;
        await this.#step(frame, () => callAnswered(this.#execution, frame, state, doing, message.outcome));
        return frame.doing.kind === 'task' ? this.#watchChild(frame, frame.doing) : undefined;
      case 'ended':
        return this.#step(frame, () => taskEnded(this.#execution, frame, state, message.outcome));
    }
  }

  /** Moves a thread from state to state until it has to wait. */
  async #advance(frame: Frame): Promise<void> {
    while (frame.doing.kind === 'enter' || frame.doing.kind === 'perform') {
      const state = this.#execution.stateOf(frame);
      if (frame.doing.kind === 'enter') this.#enter(frame, state);
      await this.#attempt(frame, () => this.#perform(frame, state));
    }
  }

  /** Does a piece of work in a thread's state and lets the thread go on from there. */
  async #step(frame: Frame, work: Work): Promise<void> {
    await this.#attempt(frame, work);
    await this.#advance(frame);
  }

  async #attempt(frame: Frame, work: Work): Promise<void> {
    try {
      const completion = await work();
      if (completion) await this.#exit(frame, completion);
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      await this.#fail(frame, error);
    }
  }

  #enter(frame: Frame, state: State): void {
    const text = frame.inputText ?? JSON.stringify(frame.input);
    frame.inputText = undefined;
    frame.priorEvent = frame.lastEvent;
    frame.enteredAt = this.#execution.now();
    frame.retries = [];
    const details = { name: frame.state, ...inputDetails(text) };
    frame.enteredEvent = this.#execution.log(frame, `${state.Type}StateEntered`, details);
    frame.doing = { kind: 'perform' };
    this.#tellTransition(frame, 'entered');
  }

  async #perform(frame: Frame, state: State): Promise<Completion | undefined> {
    const execution = this.#execution;
    const { backend, random, region, newToken } = this.#environment;
    switch (state.Type) {
      case 'Pass':
        return leave(state, frame.input);
      case 'Succeed':
        return leave({ Output: state.Output }, frame.input);
      case 'Fail':
        return performFail(execution, frame, state);
      case 'Choice':
        return performChoice(execution, frame, state);
      case 'Wait':
        return performWait(execution, frame, state);
      case 'Task':
        await scheduleTask(execution, frame, state, { region, newToken: () => newToken(this.record.arn) });
        if (frame.doing.kind === 'task')
          this.#post({ kind: 'call', frame: frame.id, callId: frame.doing.callId });
        return undefined;
      case 'Parallel':
        return this.#launch(await performParallel(execution, frame, state));
      case 'Map':
        return this.#launch(
          await performMap(execution, frame, state, { backend, newRunId: () => randomUuid(random) }),
        );
    }
  }

  #launch(step: ChildrenStep | undefined): Completion | undefined {
    if (!step) return undefined;
    if (!step.started) return step.completion;
    for (const child of step.started) this.#post({ kind: 'run', frame: child.id });
    return undefined;
  }

  /** Leaves a state; @throws {StatesError} when its Output or Assign cannot be made */
  async #exit(frame: Frame, completion: Completion): Promise<void> {
    const execution = this.#execution;
    const { produce, where, otherwise, next, exitAfter, ...extra } = completion;
    const scope = execution.evaluationScope(frame, extra);
    const assigned: Record<string, Json> = {};
    for (const [name, template] of Object.entries(produce.Assign ?? {}))
      assigned[name] = await execution.expressions.evaluate(template, `${where}Assign/${name}`, scope);
    const output =
      produce.Output === undefined
        ? otherwise
        : await execution.expressions.evaluate(produce.Output, `${where}Output`, scope);
    const text = JSON.stringify(output);
    if (exceedsPayloadLimit(text)) throw dataLimitExceeded(frame.state);
    const names = Object.keys(assigned);
    const variables = Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])]));
    const assignment =
      names.length > 0
        ? { assignedVariables: variables, assignedVariablesDetails: { truncated: false } }
        : {};
    const details = { name: frame.state, ...outputDetails(text), ...assignment };
    const type = `${execution.stateOf(frame).Type}StateExited`;
    execution.log(frame, type, details, exitAfter ?? frame.lastEvent);
    for (const child of execution.childrenOf(frame)) forget(execution, child);
    frame.children = undefined;
    frame.variables = { ...frame.variables, ...assigned };
    if (next === undefined) return this.#succeed(frame, output);
    frame.state = next;
    frame.input = output;
    frame.doing = { kind: 'enter' };
  }

  #succeed(frame: Frame, output: Json): void {
    const parent = this.#execution.parentOf(frame);
    if (!parent || !frame.parent) {
      this.#finish('SUCCEEDED', { output: JSON.stringify(output) }, frame.lastEvent);
      return;
    }
    const lastEvent = frame.lastEvent;
    if (this.#execution.stateOf(parent).Type === 'Map') {
      const details = { name: parent.state, index: frame.parent.index };
      this.#execution.log(frame, 'MapIterationSucceeded', details);
    }
    frame.doing = { kind: 'succeeded', output, lastEvent };
    this.#post({ kind: 'child-ended', frame: parent.id, child: frame.id });
  }

  /** Retries or catches what went wrong in a thread's state, or ends the thread with it. */
  async #fail(frame: Frame, error: StatesError): Promise<void> {
    const execution = this.#execution;
    const state = execution.stateOf(frame);
    if (error instanceof QueryEvaluationError) this.#logEvaluationFailure(frame, error);
    if ('Retry' in state) {
      const granted = grantRetry(state.Retry, error, frame.retries, this.#environment.random);
      if (granted) {
        frame.retries[granted.retrier] = (frame.retries[granted.retrier] ?? 0) + 1;
        frame.doing = { kind: 'retry', until: execution.now() + granted.delay };
        return;
      }
    }
    if (hasChildren(state)) execution.log(frame, `${state.Type}StateFailed`);
    const index = 'Catch' in state ? state.Catch.findIndex((c) => errorMatches(c.ErrorEquals, error)) : -1;
    const catcher = 'Catch' in state ? state.Catch[index] : undefined;
    if (!catcher) return this.#failThread(frame, error);
    try {
      const errorOutput = error.output();
      const where = `Catch[${index}]/`;
      const { Next: next } = catcher;
      await this.#exit(frame, { produce: catcher, where, otherwise: errorOutput, errorOutput, next });
    } catch (failure) {
      if (!(failure instanceof StatesError)) throw failure;
      if (failure instanceof QueryEvaluationError) this.#logEvaluationFailure(frame, failure);
      this.#failThread(frame, failure);
    }
  }

  #logEvaluationFailure(frame: Frame, error: QueryEvaluationError): void {
    const details = {
      ...failureDetails(error),
      ...(error.location === undefined ? {} : { location: error.location }),
      state: frame.state,
    };
    const previous = error.site === 'in-state' ? frame.lastEvent : frame.priorEvent;
    this.#execution.log(frame, 'EvaluationFailed', details, previous);
  }

  #failThread(frame: Frame, { error, cause, alias }: StatesError): void {
    const failure = { error, cause, alias };
    frame.doing = { kind: 'failed', failure };
    if (frame.parent) this.#post({ kind: 'child-ended', frame: frame.parent.frame, child: frame.id });
    else this.#finish('FAILED', { failure }, frame.lastEvent);
  }

  #call(frame: Frame, state: TaskState, doing: Extract<Doing, { kind: 'task' }>): void {
    const { activity, backend, random, save } = this.#environment;
    if (doing.phase === 'scheduled') beginCall(this.#execution, frame, state, doing);
    save(this.record);
    const call = async (): Promise<void> => {
      const outcome = await makeCall(this.#execution, state, doing, backend, randomUuid(random));
      this.#post({ kind: 'answered', frame: frame.id, callId: doing.callId, outcome });
    };
    void activity.during(call);
  }

  #watchChild(frame: Frame, { childArn, callId }: Extract<Doing, { kind: 'task' }>): void {
    const state = this.#execution.stateOf(frame);
    if (childArn === undefined || state.Type !== 'Task') return;
    const parsed = state.target.pattern === 'sync:2';
    this.#environment.whenEnded(childArn, (child) =>
      this.#postEnded(frame, callId, childOutcome(child, parsed)),
    );
  }

  /** Does all that is due, threads in the order they were started. */
  async #tick(): Promise<void> {
    const now = this.#execution.now();
    if (this.record.deadline <= now) {
      this.#finish('TIMED_OUT', {}, this.#execution.frame(MAIN_FRAME)?.lastEvent ?? 0);
      return;
    }
    for (const frame of [...this.record.frames.values()])
      if (dueAt(frame.doing) <= now) await this.#due(frame, now);
  }

  async #due(frame: Frame, now: number): Promise<void> {
    const { doing } = frame;
    const state = this.#execution.stateOf(frame);
    if (doing.kind === 'wait' && state.Type === 'Wait')
      return this.#step(frame, () => leave(state, frame.input));
    if (doing.kind === 'retry') {
      frame.doing = { kind: 'perform' };
      this.#tellTransition(frame, 'retry');
      return this.#advance(frame);
    }
    if (doing.kind !== 'task' || doing.answer || state.Type !== 'Task') return;
    const limit = doing.deadline !== undefined && doing.deadline <= now ? 'timeout' : 'heartbeat';
    await this.#step(frame, () => {
      throw taskTimedOut(this.#execution, frame, state, limit);
    });
  }

  #setTimer(): void {
    const { clock } = this.#environment;
    const running = this.record.status === 'RUNNING';
    const dues = running ? [...this.record.frames.values()].map(({ doing }) => dueAt(doing)) : [];
    const due = running ? Math.min(this.record.deadline, ...dues) : Number.POSITIVE_INFINITY;
    if (this.#timer?.due === due) return;
    this.#timer?.timer.cancel();
    this.#timer = undefined;
    if (due === Number.POSITIVE_INFINITY) return;
    const timer = clock.schedule(due, () => {
      this.#timer = undefined;
      this.#post({ kind: 'tick' });
    });
    this.#timer = { due, timer };
  }

  #abort(failure: Failure, done: () => void): void {
    const main = this.#execution.frame(MAIN_FRAME);
    if (this.record.status === 'RUNNING') this.#finish('ABORTED', { failure }, main?.lastEvent ?? 0);
    done();
  }

  #finish(
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    { output, failure }: { readonly output?: string; readonly failure?: Failure },
    previousEventId: number,
  ): void {
    const { record } = this.#execution;
    const type = CLOSING_EVENT[status];
    const details =
      output === undefined
        ? failureDetails({ error: failure?.error, cause: failure?.cause })
        : outputDetails(output);
    this.#execution.append(type, previousEventId, details);
    record.status = status;
    record.stopDate = this.#execution.now();
    record.output = output;
    record.error = failure?.error;
    record.cause = failure?.cause;
    for (const frame of record.frames.values()) {
      if (status === 'SUCCEEDED') record.frames.delete(frame.id);
      this.#execution.letGo(frame);
      if (frame.doing.kind !== 'succeeded' && frame.doing.kind !== 'enter') frame.doing = { kind: 'aborted' };
    }
    this.#environment.save(record);
    this.#environment.onStatusChange(record);
  }

  /** Best effort, as on AWS: what comes of it changes nothing here. */
  #stopExecution(executionArn: string): void {
    const { activity, backend } = this.#environment;
    const call = { service: 'states', action: 'StopExecution', input: { executionArn } };
    const stop = () => backend.call({ principal: this.record.roleArn, ...call });
    void activity.during(stop).catch(() => undefined);
  }

  #tellTransition(frame: Frame, reason: Transition['reason']): void {
    const { arn: executionArn, stateMachineArn, type } = this.record;
    this.#environment.onTransition({ executionArn, stateMachineArn, type, stateName: frame.state, reason });
  }
}

const CLOSING_EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;

/** When a thread has to be woken. */
function dueAt(doing: Doing): number {
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

/** How a child execution's end looks to the task that waited for it. */
function childOutcome(child: ExecutionRecord, parsed: boolean): Outcome {
  const included = { Included: true };
  const redrivable = child.status === 'SUCCEEDED' ? 'NOT_REDRIVABLE' : 'REDRIVABLE';
  const described = {
    ...(child.cause === undefined ? {} : { Cause: child.cause }),
    ...(child.error === undefined ? {} : { Error: child.error }),
    ExecutionArn: child.arn,
    Input: parsed && child.status === 'SUCCEEDED' ? parseJson(child.input) : child.input,
    InputDetails: included,
    Name: child.name,
    ...(child.output === undefined
      ? {}
      : { Output: parsed ? parseJson(child.output) : child.output, OutputDetails: included }),
    RedriveCount: child.redriveCount,
    RedriveStatus: redrivable,
    ...(redrivable === 'REDRIVABLE'
      ? {}
      : { RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven' }),
    StartDate: child.startDate,
    StateMachineArn: child.stateMachineArn,
    Status: child.status,
    StopDate: child.stopDate ?? null,
  };
  if (child.status === 'SUCCEEDED') return { ok: true, value: described };
  return { ok: false, failure: { error: ERROR.taskFailed, cause: JSON.stringify(described) } };
}
