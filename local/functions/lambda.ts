import * as z from 'zod';
import type { Activity } from '../activity.ts';
import { type AwsBackend, AwsError } from '../aws.ts';
import type { Meter } from '../billing/meter.ts';
import type { Clock } from '../clock.ts';
import type { Shelf } from '../data/shelf.ts';
import { placesOf } from '../faults/fault-place.ts';
import type { FaultKind, Faults, Target } from '../faults/faults.ts';
import { unqualified } from '../iam/permissions.ts';
import { currentTrace, inTrace, traceHeader } from '../trace.ts';
import type { Turns } from '../turns.ts';
import { API_GATEWAY, type Caller, type LastCall } from '../wire/gateway.ts';
import { type Answer, failed } from './answer.ts';
import { AsynchronousInvocations, type PendingInvocation } from './asynchronous.ts';
import { Copies } from './copies.ts';
import type { DeployedFunction } from './deployed-function.ts';
import type { LogSink, Outcome, WorkerThread } from './worker-thread.ts';

const largestPayload = 6 * 1024 * 1024;

const invokeInput = z.object({
  FunctionName: z.string(),
  Qualifier: z.string().optional(),
  InvocationType: z.enum(['RequestResponse', 'Event', 'DryRun']).default('RequestResponse'),
  Payload: z.unknown(),
});

export interface LambdaOptions {
  readonly functions: readonly DeployedFunction[];
  /** ARNs of versions and aliases. */
  readonly qualifiedArns: ReadonlySet<string>;
  readonly threads: readonly WorkerThread[];
  readonly logs: LogSink;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly turns: Turns;
  readonly meter: Meter;
  readonly faults: Faults;
  readonly backend: AwsBackend;
  readonly newUuid: () => string;
  readonly newTrace: () => string;
  readonly billedDurationMs?: number | undefined;
  /** How many functions run at once; any number unless given. */
  readonly concurrency?: number | undefined;
  /** Keeps events of asynchronous invocations until they have been handled. */
  readonly shelf: Shelf<PendingInvocation>;
}

/** An invocation under way, or one that was killed: it may still try to call somebody. */
interface Invocation {
  readonly target: Target;
  /** How many calls of AWS it made. */
  calls: number;
  isDead: boolean;
  kill(): void;
}

/** On whose behalf a function is run. */
interface HowInvoked {
  /** Somebody waits for it at the HTTP API. */
  readonly isApi?: boolean;
  /** A function that has its turn waits for it. */
  readonly isNested?: boolean;
}

/** Lambda: runs the functions of the assembly in worker threads. */
export class Lambda {
  readonly #options: LambdaOptions;
  readonly #functions = new Map<string, DeployedFunction>();
  readonly #threads = new Map<string, WorkerThread>();
  readonly #copies = new Map<string, Copies>();
  /** How many events of each function are under way or wait for a copy. */
  readonly #running = new Map<string, number>();
  readonly #invocations = new Map<string, Invocation>();
  readonly #asynchronous: AsynchronousInvocations;

  constructor(options: LambdaOptions) {
    this.#options = options;
    options.functions.forEach((deployed, index) => {
      const thread = options.threads[index % options.threads.length];
      if (!thread) throw new Error('Lambda needs a worker thread');
      thread.define(deployed.code);
      this.#functions.set(deployed.code.arn, deployed);
      this.#threads.set(deployed.code.arn, thread);
    });
    this.#asynchronous = new AsynchronousInvocations({
      ...options,
      find: (arn) => this.#functions.get(arn),
      invoke: (deployed, event, requestId) => this.#invoke(deployed, event, requestId),
    });
  }

  /** @throws AwsError ResourceNotFoundException */
  find(nameOrArn: string, qualifier?: string): DeployedFunction {
    const base = nameOrArn.startsWith('arn:') ? unqualified(nameOrArn) : nameOrArn;
    const found = this.#functions.get(base) ?? this.#options.functions.find(({ code }) => code.name === base);
    const asked = qualifier ?? (nameOrArn.startsWith('arn:') ? nameOrArn.slice(base.length + 1) : '');
    const isKnown =
      asked === '' || asked === '$LATEST' || this.#options.qualifiedArns.has(`${found?.code.arn}:${asked}`);
    if (!found || !isKnown)
      throw new AwsError('ResourceNotFoundException', `Function not found: ${nameOrArn}`, 404);
    return found;
  }

  /** Looks at a call that an invocation makes: whether its process ends there. */
  lastCallOf(id: string): LastCall | undefined {
    const invocation = this.#invocations.get(id);
    if (!invocation) return undefined;
    // A process that was killed calls nobody any more.
    if (invocation.isDead) return { isMade: false, end: () => {} };
    const { target, kill } = invocation;
    const places = target.places.map((place) => `${place} call ${invocation.calls}`);
    invocation.calls++;
    if (!this.#options.faults.strikes('kill', { ...target, places })) return undefined;
    invocation.isDead = true;
    return { isMade: this.#options.faults.draw(`made|${target.resource}|${places[0]}`) < 0.5, end: kill };
  }

  /** The API; only `Invoke` is known. */
  async call(
    action: string,
    input: Readonly<Record<string, unknown>>,
    { principal, invocation }: Pick<Caller, 'principal' | 'invocation'>,
  ): Promise<Record<string, unknown>> {
    if (action !== 'Invoke')
      throw new AwsError('UnknownOperationException', `lambda:${action} is not supported`);
    const { FunctionName, Qualifier, InvocationType, Payload } = invokeInput.parse(input);
    const deployed = this.find(FunctionName, Qualifier);
    if (InvocationType === 'DryRun') return { StatusCode: 204 };
    if (InvocationType === 'Event') {
      this.invokeAsynchronously(deployed, Payload);
      return { StatusCode: 202 };
    }
    const answer = await this.invoke(deployed, Payload, {
      isApi: principal === API_GATEWAY,
      isNested: invocation !== undefined,
    });
    return {
      StatusCode: 200,
      ExecutedVersion: '$LATEST',
      Payload: answer.payload,
      ...(answer.error === undefined ? {} : { FunctionError: answer.error }),
    };
  }

  /**
   * Runs a function and waits for its answer.
   * @throws AwsError when it cannot be run at all, such as TooManyRequestsException
   */
  async invoke(deployed: DeployedFunction, event: unknown, how?: HowInvoked): Promise<Answer> {
    return this.#options.activity.during(() =>
      inTrace(currentTrace() ?? this.#options.newTrace(), () =>
        this.#invoke(deployed, event, this.#options.newUuid(), how),
      ),
    );
  }

  /** Accepts an event and runs the function later, with retries and destinations as on AWS. */
  invokeAsynchronously(deployed: DeployedFunction, event: unknown): void {
    this.#asynchronous.accept(deployed, event);
  }

  /** Goes on with events that were accepted and not handled before; call it once, when functions can be run. */
  resume(): void {
    this.#asynchronous.resume();
  }

  async #invoke(
    deployed: DeployedFunction,
    event: unknown,
    requestId: string,
    { isApi = false, isNested = false }: HowInvoked = {},
  ): Promise<Answer> {
    const { faults, turns } = this.#options;
    const { name } = deployed.code;
    const places = faults.isActive || turns.areTaken ? placesOf(event) : [];
    // Who is outside comes when they come: they wait until all else is done.
    if (!isNested) await turns.take(`${isApi ? '~' : ''}${name} ${places.join()}`);
    const target = { resource: name, places, isApi };
    const strikes = (kind: FaultKind) => faults.strikes(kind, target);
    const payload = JSON.stringify(event) ?? 'null';
    if (Buffer.byteLength(payload) > largestPayload)
      throw new AwsError(
        'RequestTooLargeException',
        `Request must be smaller than ${largestPayload} bytes`,
        413,
      );
    if (
      this.#runningOf(deployed) >= (deployed.reservedConcurrency ?? Number.POSITIVE_INFINITY) ||
      strikes('throttle')
    )
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      });
    if (this.#runningInAll() >= (this.#options.concurrency ?? Number.POSITIVE_INFINITY))
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, {
        Reason: 'ConcurrentInvocationLimitExceeded',
      });
    if (strikes('function-error-before')) return failed('InjectedFault', 'the function was not run');
    const outcome = await this.#run(deployed, payload, requestId, target);
    if (strikes('function-error-after')) return failed('InjectedFault', 'the function was run');
    if (strikes('function-timeout'))
      return failed('Sandbox.Timedout', `RequestId: ${requestId} Error: Task timed out`);
    if ('error' in outcome) return { payload: outcome.error, error: 'Unhandled' };
    if (Buffer.byteLength(outcome.payload) > largestPayload)
      return failed(
        'Function.ResponseSizeTooLarge',
        `Response payload size exceeded maximum allowed payload size`,
      );
    return { payload: JSON.parse(outcome.payload) };
  }

  async #run(
    deployed: DeployedFunction,
    payload: string,
    requestId: string,
    target: Target,
  ): Promise<Outcome> {
    const { arn, name } = deployed.code;
    const thread = this.#threads.get(arn);
    if (!thread) throw new Error(`${name} has no thread`);
    const copies = this.#copiesOf(arn, thread);
    this.#running.set(arn, this.#runningOf(deployed) + 1);
    const copy = await copies.take();
    const started = performance.now();
    const id = requestId.replaceAll('-', '').slice(0, 16);
    this.#invocations.set(id, { target, calls: 0, isDead: false, kill: () => thread.kill(requestId) });
    let outcome: Outcome = { error: { errorType: 'Runtime.Unknown', errorMessage: 'not run' } };
    try {
      const trace = traceHeader(currentTrace() ?? '', id);
      const { timeoutMs } = deployed;
      outcome = await this.#options.turns.outside(() =>
        thread.run({
          ...{ requestId, functionArn: arn, invokedArn: arn },
          ...{ copy, payload, traceHeader: trace, timeoutMs },
        }),
      );
      return outcome;
    } finally {
      const isSpoiled = 'error' in outcome && outcome.spoiled === true;
      copies.give(copy, isSpoiled || copies.generation !== thread.generation);
      if (this.#invocations.get(id)?.isDead !== true) this.#invocations.delete(id);
      this.#running.set(arn, this.#runningOf(deployed) - 1);
      this.#bill(deployed, performance.now() - started);
      this.#log(name, requestId, outcome);
    }
  }

  #runningOf({ code }: DeployedFunction): number {
    return this.#running.get(code.arn) ?? 0;
  }

  #runningInAll(): number {
    return [...this.#running.values()].reduce((sum, running) => sum + running, 0);
  }

  #copiesOf(arn: string, thread: WorkerThread): Copies {
    const known = this.#copies.get(arn);
    if (known?.generation === thread.generation) return known;
    const fresh = new Copies(thread.generation);
    this.#copies.set(arn, fresh);
    return fresh;
  }

  #bill({ code }: DeployedFunction, measuredMs: number): void {
    const { meter, billedDurationMs } = this.#options;
    const seconds = Math.ceil(billedDurationMs ?? measuredMs) / 1000;
    const used = { service: 'lambda', operation: 'Invoke', resource: code.name };
    meter.count({ ...used, unit: 'Request', quantity: 1 });
    meter.count({ ...used, unit: 'GBSecond', quantity: (code.memorySize / 1024) * seconds });
  }

  #log(name: string, requestId: string, outcome: Outcome): void {
    if ('error' in outcome)
      this.#options.logs.write({ function: name, requestId, text: JSON.stringify(outcome.error) });
  }
}
