import type { Activity } from '#local/activity.ts';
import { type AwsBackend, AwsError } from '#local/aws.ts';
import type { Clock } from '#local/clock.ts';
import { randomUuid } from '#local/random.ts';
import { type Machine, parseDefinition } from './definition.ts';
import type { ExecutionRecord, Outcome } from './execution.ts';
import { exceedsPayloadLimit, MAX_PAYLOAD_BYTES, parseJson } from './json.ts';
import type {
  ExecutionDescription,
  ExecutionStatus,
  HistoryEvent,
  StateMachineDescription,
  StateMachineInput,
  StateMachineType,
  StepFunctionsObserver,
} from './model.ts';
import { page } from './paging.ts';
import { Run, type RunEnvironment } from './run.ts';
import { MAX_EVENTS } from './thread.ts';
import { DAY, SECOND } from './time.ts';
import { makeToken, randomSecret, tokenExecution } from './tokens.ts';

/** Keeps executions beyond the life of the process. */
export interface ExecutionStore {
  /** All records as they were last saved, history included. */
  load(): Iterable<ExecutionRecord>;
  /**
   * Called with the record whenever it changed and before the change can be seen outside. The record goes on
   * changing: what is kept must be copied. History only ever grows.
   */
  save(record: ExecutionRecord): void;
}

export interface StepFunctionsOptions {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly backend: AwsBackend;
  /** Uniform in [0, 1): jitter, names, `$random()` and `$uuid()` draw from it. */
  readonly random: () => number;
  readonly region: string;
  readonly account: string;
  readonly observer?: StepFunctionsObserver;
  /** Makes the secret part of task tokens; unguessable ones unless told otherwise. */
  readonly newToken?: () => string;
  readonly store?: ExecutionStore;
}

interface LoadedMachine {
  readonly description: StateMachineDescription;
  readonly machine: Machine;
}

/** How long an execution may run. */
const LONGEST: Readonly<Record<StateMachineType, number>> = {
  STANDARD: 365 * DAY,
  EXPRESS: 5 * 60 * SECOND,
};
/** How long a name cannot be used again, and how long an execution can be redriven, after its end. */
const NAME_KEPT = 90 * DAY;
const REDRIVABLE = 14 * DAY;
const MAX_REDRIVES = 1000;
const NAME = /^[^\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]{1,80}$/u;

/** The embedded cloud's Step Functions: state machines, their executions, and the API's actions. */
export class StepFunctions {
  readonly #options: StepFunctionsOptions;
  readonly #machines = new Map<string, LoadedMachine>();
  readonly #runs = new Map<string, Run>();
  readonly #watchers = new Map<string, ((child: ExecutionRecord) => void)[]>();
  readonly #environment: RunEnvironment;

  constructor(options: StepFunctionsOptions) {
    this.#options = options;
    const { clock, activity, backend, random, region, observer, store } = options;
    const newSecret = options.newToken ?? randomSecret;
    this.#environment = {
      clock,
      activity,
      backend,
      random,
      region,
      newToken: (executionArn) => makeToken(executionArn, newSecret()),
      whenEnded: (executionArn, tell) => this.#whenEnded(executionArn, tell),
      onTransition: (transition) => observer?.onTransition?.(transition),
      onAnswer: (record) => observer?.onTaskAnswered?.(this.#describe(record)),
      onStatusChange: (record) => this.#statusChanged(record),
      save: (record) => store?.save(record),
    };
  }

  /**
   * Makes a state machine known, or replaces the one of the same ARN; executions keep the definition they
   * started with.
   * @throws {DefinitionError} naming state and field when the definition cannot be run
   */
  load({ arn, name, definition, roleArn, type }: StateMachineInput): StateMachineDescription {
    const machine = parseDefinition(definition, type);
    const description = {
      stateMachineArn: arn,
      name,
      definition: JSON.stringify(definition),
      roleArn,
      type,
      creationDate: this.#options.clock.now(),
    };
    this.#machines.set(arn, { description, machine });
    return description;
  }

  /** Takes up the executions of the store where they were left; call it once, when all machines are loaded. */
  resume(): void {
    for (const record of this.#options.store?.load() ?? []) {
      const machine = parseDefinition(parseJson(record.definition), record.type);
      this.#runs.set(record.arn, new Run(record, machine, this.#environment));
    }
    for (const run of this.#runs.values()) run.resume();
  }

  /**
   * Starts an execution; it goes on in the background (see `Activity`). The same name with the same input as
   * a running execution answers that one.
   * @throws {AwsError} StateMachineDoesNotExist, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists
   */
  start(request: { stateMachineArn: string; name?: string | undefined; input?: string | undefined }): {
    executionArn: string;
    startDate: number;
  } {
    const { machine, description } = this.#machine(request.stateMachineArn);
    const { clock, random } = this.#options;
    const name = request.name ?? randomUuid(random);
    if (!NAME.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const input = request.input ?? '{}';
    checkPayload(input, 'input', 'InvalidExecutionInput', 'Invalid State Machine Execution Input');
    const { type } = description;
    const arn =
      type === 'STANDARD'
        ? `${request.stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`
        : `${request.stateMachineArn.replace(':stateMachine:', ':express:')}:${name}:${randomUuid(random)}`;
    const now = clock.now();
    const existing = this.#runs.get(arn)?.record;
    if (existing && (existing.stopDate === undefined || existing.stopDate + NAME_KEPT > now)) {
      if (existing.status === 'RUNNING' && existing.input === input)
        return { executionArn: arn, startDate: existing.startDate };
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const record: ExecutionRecord = {
      arn,
      name,
      stateMachineArn: request.stateMachineArn,
      stateMachineName: description.name,
      type,
      roleArn: description.roleArn,
      definition: description.definition,
      input,
      startDate: now,
      status: 'RUNNING',
      stopDate: undefined,
      output: undefined,
      error: undefined,
      cause: undefined,
      redriveCount: 0,
      redriveDate: undefined,
      deadline: deadlineFrom(now, type, machine),
      nextFrame: 1,
      nextCall: 1,
      frames: new Map(),
      history: [],
    };
    const run = new Run(record, machine, this.#environment);
    this.#runs.set(arn, run);
    this.#options.observer?.onExecutionStarted?.(this.#describe(record));
    run.begin();
    return { executionArn: arn, startDate: now };
  }

  /** @throws {AwsError} ExecutionDoesNotExist */
  describe(executionArn: string): ExecutionDescription {
    return this.#describe(this.#run(executionArn).record);
  }

  /** Newest first. @throws {AwsError} StateMachineDoesNotExist, InvalidToken */
  list(request: {
    stateMachineArn: string;
    statusFilter?: ExecutionStatus | undefined;
    redriveFilter?: 'REDRIVEN' | 'NOT_REDRIVEN' | undefined;
    maxResults?: number | undefined;
    nextToken?: string | undefined;
  }): { executions: ExecutionDescription[]; nextToken?: string } {
    this.#machine(request.stateMachineArn);
    const { statusFilter, redriveFilter } = request;
    const found = [...this.#runs.values()]
      .map(({ record }) => record)
      .filter(({ stateMachineArn }) => stateMachineArn === request.stateMachineArn)
      .filter(({ status }) => statusFilter === undefined || status === statusFilter)
      .filter(
        ({ redriveCount }) =>
          redriveFilter === undefined || redriveCount > 0 === (redriveFilter === 'REDRIVEN'),
      )
      .reverse();
    const { items, ...more } = page(found, request);
    return { executions: items.map((record) => this.#describe(record)), ...more };
  }

  /** @throws {AwsError} ExecutionDoesNotExist, InvalidToken */
  history(request: {
    executionArn: string;
    maxResults?: number | undefined;
    nextToken?: string | undefined;
    reverseOrder?: boolean | undefined;
  }): { events: HistoryEvent[]; nextToken?: string } {
    const { history } = this.#run(request.executionArn).record;
    const { items, ...more } = page(request.reverseOrder ? history.toReversed() : history, request);
    return { events: items, ...more };
  }

  /** Aborts an execution; one that has ended stays as it is. @throws {AwsError} ExecutionDoesNotExist */
  async stop(request: {
    executionArn: string;
    error?: string | undefined;
    cause?: string | undefined;
  }): Promise<{ stopDate: number }> {
    const run = this.#run(request.executionArn);
    if (run.record.status === 'RUNNING') await run.abort({ error: request.error, cause: request.cause });
    return { stopDate: run.record.stopDate ?? this.#options.clock.now() };
  }

  /** @throws {AwsError} InvalidOutput, InvalidToken, TaskDoesNotExist, TaskTimedOut when the task is closed */
  sendTaskSuccess({ taskToken, output }: { taskToken: string; output: string }): void {
    const run = this.#tokenRun(taskToken);
    checkPayload(output, 'output', 'InvalidOutput', 'Invalid Output');
    this.#answer(run, taskToken, { ok: true, value: parseJson(output) });
  }

  /** @throws {AwsError} InvalidToken, TaskDoesNotExist, TaskTimedOut when the task is closed */
  sendTaskFailure(request: {
    taskToken: string;
    error?: string | undefined;
    cause?: string | undefined;
  }): void {
    const failure = { error: request.error, cause: request.cause };
    this.#answer(this.#tokenRun(request.taskToken), request.taskToken, { ok: false, failure });
  }

  /** @throws {AwsError} InvalidToken, TaskDoesNotExist, TaskTimedOut when the task is closed */
  sendTaskHeartbeat({ taskToken }: { taskToken: string }): void {
    if (!this.#tokenRun(taskToken).heartbeat(taskToken)) throw taskTimedOut();
  }

  /**
   * Restarts what did not succeed from the states that failed, timed out or were aborted.
   * @throws {AwsError} ExecutionDoesNotExist, ExecutionNotRedrivable
   */
  redrive({ executionArn }: { executionArn: string }): { redriveDate: number } {
    const run = this.#run(executionArn);
    const refusal = this.#notRedrivable(run.record);
    if (refusal !== undefined) throw new AwsError('ExecutionNotRedrivable', refusal);
    const now = this.#options.clock.now();
    run.redrive(
      deadlineFrom(now, run.record.type, parseDefinition(parseJson(run.record.definition), run.record.type)),
    );
    return { redriveDate: now };
  }

  /** @throws {AwsError} InvalidToken */
  listStateMachines(request: { maxResults?: number | undefined; nextToken?: string | undefined } = {}): {
    stateMachines: StateMachineDescription[];
    nextToken?: string;
  } {
    const all = [...this.#machines.values()].map(({ description }) => description);
    const { items, ...more } = page(all, request);
    return { stateMachines: items, ...more };
  }

  /** @throws {AwsError} StateMachineDoesNotExist */
  describeStateMachine(stateMachineArn: string): StateMachineDescription {
    return this.#machine(stateMachineArn).description;
  }

  /** The machine as it was when the execution started. @throws {AwsError} ExecutionDoesNotExist */
  describeStateMachineForExecution(executionArn: string): StateMachineDescription {
    const { record } = this.#run(executionArn);
    const { stateMachineArn, stateMachineName: name, definition, roleArn, type, startDate } = record;
    return { stateMachineArn, name, definition, roleArn, type, creationDate: startDate };
  }

  #machine(arn: string): LoadedMachine {
    const loaded = this.#machines.get(arn);
    if (!loaded) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return loaded;
  }

  #run(arn: string): Run {
    const run = this.#runs.get(arn);
    if (!run) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return run;
  }

  #tokenRun(token: string): Run {
    const arn = tokenExecution(token);
    if (arn === undefined) throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    const run = this.#runs.get(arn);
    if (!run) throw new AwsError('TaskDoesNotExist', 'Task Does Not Exist');
    return run;
  }

  #answer(run: Run, token: string, outcome: Outcome): void {
    if (!run.answerToken(token, outcome)) throw taskTimedOut();
  }

  #whenEnded(executionArn: string, tell: (child: ExecutionRecord) => void): void {
    const record = this.#runs.get(executionArn)?.record;
    if (record && record.status !== 'RUNNING') tell(record);
    else this.#watchers.set(executionArn, [...(this.#watchers.get(executionArn) ?? []), tell]);
  }

  #statusChanged(record: ExecutionRecord): void {
    this.#options.observer?.onExecutionStatusChange?.(this.#describe(record));
    if (record.status === 'RUNNING') return;
    const watchers = this.#watchers.get(record.arn) ?? [];
    this.#watchers.delete(record.arn);
    for (const tell of watchers) tell(record);
  }

  #describe(record: ExecutionRecord): ExecutionDescription {
    const refusal = this.#notRedrivable(record);
    return {
      executionArn: record.arn,
      stateMachineArn: record.stateMachineArn,
      name: record.name,
      status: record.status,
      type: record.type,
      startDate: record.startDate,
      ...(record.stopDate === undefined ? {} : { stopDate: record.stopDate }),
      input: record.input,
      ...(record.output === undefined ? {} : { output: record.output }),
      ...(record.error === undefined ? {} : { error: record.error }),
      ...(record.cause === undefined ? {} : { cause: record.cause }),
      redriveCount: record.redriveCount,
      ...(record.redriveDate === undefined ? {} : { redriveDate: record.redriveDate }),
      ...(refusal === undefined
        ? { redriveStatus: 'REDRIVABLE' }
        : { redriveStatus: 'NOT_REDRIVABLE', redriveStatusReason: refusal }),
    };
  }

  /** Why an execution cannot be redriven, or undefined when it can. */
  #notRedrivable(record: ExecutionRecord): string | undefined {
    const { status, type, stopDate, history, redriveCount } = record;
    if (type === 'EXPRESS') return 'Express executions cannot be redriven';
    if (status === 'RUNNING' || status === 'SUCCEEDED')
      return `Execution is ${status} and cannot be redriven`;
    if (stopDate !== undefined && stopDate + REDRIVABLE < this.#options.clock.now())
      return 'Execution has exceeded the redrivable period';
    if (history.length >= MAX_EVENTS - 1) return 'Execution history event limit exceeded';
    return redriveCount >= MAX_REDRIVES ? 'Execution redrive limit exceeded' : undefined;
  }
}

function taskTimedOut(): AwsError {
  return new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
}

function deadlineFrom(start: number, type: StateMachineType, machine: Machine): number {
  const own =
    machine.timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : machine.timeoutSeconds * SECOND;
  return start + Math.min(own, LONGEST[type]);
}

function checkPayload(text: string, field: string, code: string, message: string): void {
  if (exceedsPayloadLimit(text))
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value at '${field}' failed to satisfy constraint: ` +
        `Member must have length less than or equal to ${MAX_PAYLOAD_BYTES}`,
    );
  try {
    parseJson(text);
  } catch (error) {
    throw new AwsError(code, `${message}: '${error instanceof Error ? error.message : text}'`);
  }
}
