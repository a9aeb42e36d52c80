import type { AwsBackend } from '#local/aws.ts';
import { randomUuid } from '#local/random.ts';
import { type ChildrenStep, forget, performMap, performParallel } from './children.ts';
import type { State } from './definition.ts';
import { dataLimitExceeded, errorMatches, QueryEvaluationError, StatesError } from './errors.ts';
import type { Failure, Frame } from './execution.ts';
import { exceedsPayloadLimit, type Json } from './json.ts';
import type { Transition } from './model.ts';
import { produce } from './produce.ts';
import { grantRetry } from './retry.ts';
import { type Completion, leave, performChoice, performFail, performWait } from './states.ts';
import { scheduleTask } from './tasks.ts';
import { type Execution, failureDetails, hasChildren, inputDetails, outputDetails } from './thread.ts';

/** Work in a state: ends in what to leave it by, or in nothing while there is something to wait for. */
export type Work = () => Promise<Completion | undefined> | Completion | undefined;

/** What the threads need from the execution they belong to, and what they tell it. */
export interface StepperHost {
  readonly backend: AwsBackend;
  readonly random: () => number;
  readonly region: string;
  readonly newToken: () => string;
  readonly onTransition: (frame: Frame, reason: Transition['reason']) => void;
  /** A task's call is to be made, after what else is to be done now. */
  readonly callScheduled: (frame: Frame, callId: number) => void;
  readonly childStarted: (child: Frame) => void;
  readonly childEnded: (parent: number, child: Frame) => void;
  /** The main thread has ended, and with it the execution. */
  readonly ended: (result: { readonly output?: string; readonly failure?: Failure }, main: Frame) => void;
}

/** Moves threads through their states: entering, doing what the state says, retrying, catching, leaving. */
export class Stepper {
  readonly #execution: Execution;
  readonly #host: StepperHost;

  constructor(execution: Execution, host: StepperHost) {
    this.#execution = execution;
    this.#host = host;
  }

  /** Moves a thread from state to state until it has to wait. */
  async advance(frame: Frame): Promise<void> {
    while (frame.doing.kind === 'enter' || frame.doing.kind === 'perform') {
      const state = this.#execution.stateOf(frame);
      if (frame.doing.kind === 'enter') this.#enter(frame, state);
      await this.#attempt(frame, () => this.#perform(frame, state));
    }
  }

  /** Does a piece of work in a thread's state and lets the thread go on from there. */
  async step(frame: Frame, work: Work): Promise<void> {
    await this.#attempt(frame, work);
    await this.advance(frame);
  }

  /** Does a thread's state once more. */
  async retry(frame: Frame): Promise<void> {
    frame.doing = { kind: 'perform' };
    this.#host.onTransition(frame, 'retry');
    await this.advance(frame);
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
    this.#host.onTransition(frame, 'entered');
  }

  async #perform(frame: Frame, state: State): Promise<Completion | undefined> {
    const execution = this.#execution;
    const { backend, random, region, newToken } = this.#host;
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
        await scheduleTask(execution, frame, state, { region, newToken });
        if (frame.doing.kind === 'task') this.#host.callScheduled(frame, frame.doing.callId);
        return undefined;
      case 'Parallel':
        return this.launch(await performParallel(execution, frame, state));
      case 'Map':
        return this.launch(
          await performMap(execution, frame, state, { backend, newRunId: () => randomUuid(random) }),
        );
    }
  }

  /** Lets the children that were started run; answers the state's end when there are none left to wait for. */
  launch(step: ChildrenStep | undefined): Completion | undefined {
    if (!step) return undefined;
    if (!step.started) return step.completion;
    for (const child of step.started) this.#host.childStarted(child);
    return undefined;
  }

  /** Leaves a state; @throws {StatesError} when its Output or Assign cannot be made */
  async #exit(frame: Frame, completion: Completion): Promise<void> {
    const execution = this.#execution;
    const { next, exitAfter } = completion;
    const { output, assigned } = await produce(execution, frame, completion);
    const text = JSON.stringify(output);
    if (exceedsPayloadLimit(text)) throw dataLimitExceeded(frame.state);
    const names = Object.keys(assigned);
    const variables = Object.fromEntries(names.map((name) => [name, JSON.stringify(assigned[name])]));
    // What one Assign assigns may be as large as a payload, all together.
    if (exceedsPayloadLimit(Object.values(variables).join(''))) throw dataLimitExceeded(frame.state);
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
      this.#host.ended({ output: JSON.stringify(output) }, frame);
      return;
    }
    const lastEvent = frame.lastEvent;
    if (this.#execution.stateOf(parent).Type === 'Map') {
      const details = { name: parent.state, index: frame.parent.index };
      this.#execution.log(frame, 'MapIterationSucceeded', details);
    }
    frame.doing = { kind: 'succeeded', output, lastEvent };
    this.#host.childEnded(parent.id, frame);
  }

  /** Retries or catches what went wrong in a thread's state, or ends the thread with it. */
  async #fail(frame: Frame, error: StatesError): Promise<void> {
    const execution = this.#execution;
    const state = execution.stateOf(frame);
    if (error instanceof QueryEvaluationError) this.#logEvaluationFailure(frame, error);
    if ('Retry' in state) {
      const granted = grantRetry(state.Retry, error, frame.retries, this.#host.random);
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
    if (frame.parent) this.#host.childEnded(frame.parent.frame, frame);
    else this.#host.ended({ failure }, frame);
  }
}
