import type { Activity } from '#local/activity.ts';
import type { AwsBackend } from '#local/aws.ts';
import type { Clock, Timer } from '#local/clock.ts';
import { randomUuid } from '#local/random.ts';
import { childOutcome } from './child-execution.ts';
import { childEnded } from './children.ts';
import type { Machine, TaskState } from './definition.ts';
import { ERROR } from './errors.ts';
import type { Doing, ExecutionRecord, Failure, Frame, Outcome } from './execution.ts';
import { parseJson } from './json.ts';
import type { ExecutionStatus, Transition } from './model.ts';
import { leave } from './states.ts';
import { Stepper } from './stepper.ts';
import { after, beginCall, callAnswered, makeCall, taskEnded, taskTimedOut } from './tasks.ts';
import { dueAt, Execution, failureDetails, HistoryFullError, inputDetails, outputDetails } from './thread.ts';

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
  /** A callback answers a task; called in the course of whoever sends it. */
  readonly onAnswer: (record: ExecutionRecord) => void;
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

const MAIN_FRAME = 0;

/** One execution on its way: takes messages one by one, each from one resting point of its record to the next. */
export class Run {
  readonly #execution: Execution;
  readonly #environment: RunEnvironment;
  readonly #stepper: Stepper;
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
    const { arn: executionArn, stateMachineArn, type } = record;
    const { backend, random, region, newToken, onTransition } = environment;
    this.#stepper = new Stepper(this.#execution, {
      ...{ backend, random, region },
      newToken: () => newToken(executionArn),
      onTransition: ({ state: stateName }, reason) =>
        onTransition({ executionArn, stateMachineArn, type, stateName, reason }),
      callScheduled: ({ id: frame }, callId) => this.#post({ kind: 'call', frame, callId }),
      childStarted: ({ id: frame }) => this.#post({ kind: 'run', frame }),
      childEnded: (frame, { id: child }) => this.#post({ kind: 'child-ended', frame, child }),
      ended: (result, { lastEvent }) =>
        this.#finish(result.failure ? 'FAILED' : 'SUCCEEDED', result, lastEvent),
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
      quietEvents: 0,
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
    for (const frame of [...this.record.frames.values()]) this.#pickUp(frame);
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
    this.#environment.onAnswer(this.record);
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
        return this.#stepper.advance(frame);
      case 'child-ended': {
        const child = this.#execution.frame(message.child);
        return (
          child &&
          this.#stepper.step(frame, () => this.#stepper.launch(childEnded(this.#execution, frame, child)))
        );
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
        await this.#stepper.step(frame, () =>
          callAnswered(this.#execution, frame, state, doing, message.outcome),
        );
        return frame.doing.kind === 'task' ? this.#watchChild(frame, frame.doing) : undefined;
      case 'ended':
        return this.#stepper.step(frame, () => taskEnded(this.#execution, frame, state, message.outcome));
    }
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
      return this.#stepper.step(frame, () => leave(state, frame.input));
    if (doing.kind === 'retry') {
      return this.#stepper.retry(frame);
    }
    if (doing.kind !== 'task' || doing.answer || state.Type !== 'Task') return;
    const limit = doing.deadline !== undefined && doing.deadline <= now ? 'timeout' : 'heartbeat';
    await this.#stepper.step(frame, () => {
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
}

const CLOSING_EVENT = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
} as const;
