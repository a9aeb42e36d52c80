import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type FunctionCode, type FunctionError, type WorkerRequest, workerReply } from './protocol.ts';

/** How an invocation ended. */
export type Outcome =
  | { readonly payload: string }
  | {
      readonly error: FunctionError;
      /** The copy of the module is in an unknown state and must not be used again. */
      readonly spoiled?: true;
    };

/** One invocation to run. */
export type Invocation = Omit<Extract<WorkerRequest, { type: 'invoke' }>, 'type'>;

/** What a thread tells about its functions. */
export interface LogSink {
  write(line: { function: string; requestId?: string | undefined; text: string }): void;
}

/** How long a thread may take to show that it still lives once an invocation has timed out. */
const patienceMs = 1000;

/** A thread that runs functions; it is started when first needed and again after it had to be ended. */
export class WorkerThread {
  #worker: Worker | undefined;
  readonly #codes = new Map<string, FunctionCode>();
  readonly #pending = new Map<string, (outcome: Outcome) => void>();
  readonly #time: SharedArrayBuffer | undefined;
  readonly #seed: number | undefined;
  readonly #logs: LogSink;
  #pong = () => {};
  /** Changes whenever the thread is started afresh: copies of before are gone. */
  generation = 0;

  /** @param options `seed` makes what functions draw at random the same each time */
  constructor(options: { time?: SharedArrayBuffer | undefined; seed?: number | undefined; logs: LogSink }) {
    this.#time = options.time;
    this.#seed = options.seed;
    this.#logs = options.logs;
  }

  define(code: FunctionCode): void {
    this.#codes.set(code.arn, code);
    this.#worker?.postMessage({ type: 'define', code });
  }

  /** Starts the thread before it is needed. */
  warmUp(): void {
    this.#worker ??= this.#start();
  }

  async run(invocation: Invocation): Promise<Outcome> {
    this.#worker ??= this.#start();
    const request: WorkerRequest = { type: 'invoke', ...invocation };
    this.#worker.postMessage(request);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const seconds = (invocation.timeoutMs / 1000).toFixed(2);
        settle({
          error: {
            errorType: 'Sandbox.Timedout',
            errorMessage: `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`,
          },
          spoiled: true,
        });
        void this.#endIfHung();
      }, invocation.timeoutMs);
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        this.#pending.delete(invocation.requestId);
        resolve(outcome);
      };
      this.#pending.set(invocation.requestId, settle);
    });
  }

  /** Ends an invocation as if the process it runs in had been killed; what it does from then on is not heard. */
  kill(requestId: string): void {
    this.#pending.get(requestId)?.({
      error: {
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
      },
      spoiled: true,
    });
  }

  async stop(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker) await worker.terminate();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { time: this.#time, seed: this.#seed },
      env: { TZ: 'UTC' },
      stdout: true,
      stderr: true,
    });
    for (const code of this.#codes.values()) worker.postMessage({ type: 'define', code });
    worker.on('message', (message) => this.#receive(message));
    worker.on('error', (error) => this.#failAll(worker, error.message));
    worker.on('exit', (code) => this.#failAll(worker, `exit code ${code}`));
    return worker;
  }

  #receive(message: unknown): void {
    const reply = workerReply.parse(message);
    if (reply.type === 'result') this.#pending.get(reply.requestId)?.({ payload: reply.payload });
    else if (reply.type === 'error') this.#pending.get(reply.requestId)?.({ error: reply.error });
    else if (reply.type === 'log') this.#logs.write(reply);
    else this.#pong();
  }

  /** Ends the thread when it no longer answers, as code that never yields would block all other functions. */
  async #endIfHung(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    const isAlive = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), patienceMs);
      this.#pong = () => {
        clearTimeout(timer);
        resolve(true);
      };
      worker.postMessage({ type: 'ping' });
    });
    if (isAlive || this.#worker !== worker) return;
    const exited = once(worker, 'exit');
    void worker.terminate();
    await exited;
  }

  #failAll(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.generation++;
    for (const settle of [...this.#pending.values()])
      settle({
        error: { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited: ${reason}` },
        spoiled: true,
      });
  }
}
