import * as z from 'zod';
import type { Activity } from '../activity.ts';
import { type AwsBackend, AwsError } from '../aws.ts';
import type { Clock } from '../clock.ts';
import type { Shelf } from '../data/shelf.ts';
import { deliveryTo } from '../events/destinations.ts';
import { currentTrace, inTrace } from '../trace.ts';
import { type Answer, failed } from './answer.ts';
import type { DeployedFunction } from './deployed-function.ts';
import type { LogSink } from './worker-thread.ts';

/** Pauses before the first and the second retry. */
const retryDelaysMs = [60_000, 120_000];

/** An event that was accepted, until it has been handled or given up. */
export const pendingInvocation = z.object({
  functionArn: z.string(),
  event: z.unknown(),
  acceptedAt: z.number(),
  attempts: z.number(),
  dueAt: z.number(),
  trace: z.string().optional(),
});
export type PendingInvocation = z.output<typeof pendingInvocation>;

export interface AsynchronousOptions {
  readonly clock: Clock;
  readonly activity: Activity;
  readonly backend: AwsBackend;
  readonly logs: LogSink;
  readonly newUuid: () => string;
  readonly newTrace: () => string;
  readonly shelf: Shelf<PendingInvocation>;
  readonly find: (functionArn: string) => DeployedFunction | undefined;
  readonly invoke: (deployed: DeployedFunction, event: unknown, requestId: string) => Promise<Answer>;
}

/** An accepted event with the function that it is for. */
interface Job extends PendingInvocation {
  readonly deployed: DeployedFunction;
  readonly requestId: string;
}

/** Runs functions on events that nobody waits for: with retries, destinations and dead letters as on AWS. */
export class AsynchronousInvocations {
  readonly #options: AsynchronousOptions;

  constructor(options: AsynchronousOptions) {
    this.#options = options;
  }

  /** Accepts an event, which is handled from then on even if the process ends. */
  accept(deployed: DeployedFunction, event: unknown): void {
    const { clock, newUuid, newTrace } = this.#options;
    const now = clock.now();
    const times = { acceptedAt: now, attempts: 0, dueAt: now };
    const trace = currentTrace() ?? newTrace();
    this.#keep({
      ...{ deployed, functionArn: deployed.code.arn, requestId: newUuid(), event: event ?? null },
      ...{ ...times, trace },
    });
  }

  /** Takes up what was left to do. */
  resume(): void {
    const { shelf, find } = this.#options;
    for (const [requestId, pending] of [...shelf.entries()]) {
      const deployed = find(pending.functionArn);
      if (deployed) this.#schedule({ ...pending, deployed, requestId });
      else shelf.delete(requestId);
    }
  }

  #keep(job: Job): void {
    const { deployed: _, requestId, ...pending } = job;
    this.#options.shelf.set(requestId, pending);
    this.#schedule(job);
  }

  #schedule(job: Job): void {
    const { clock } = this.#options;
    if (job.dueAt <= clock.now()) this.#start(job);
    else clock.schedule(job.dueAt, () => this.#start(job));
  }

  #start(job: Job): void {
    const { activity } = this.#options;
    void inTrace(job.trace, () => activity.during(() => this.#attempt(job)));
  }

  async #attempt(job: Job): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#options.invoke(job.deployed, job.event, job.requestId);
    } catch (error) {
      const isThrottled = error instanceof AwsError && error.code === 'TooManyRequestsException';
      if (isThrottled) return this.#retryLater(job, retryDelaysMs[0] ?? 0);
      answer = failed('Lambda.InvokeFailed', error instanceof Error ? error.message : String(error));
    }
    const done = { ...job, attempts: job.attempts + 1 };
    const { retries, onSuccess, onFailure } = job.deployed.asynchronous;
    if (answer.error !== undefined && done.attempts <= retries)
      return this.#retryLater(done, retryDelaysMs[done.attempts - 1] ?? 0);
    const [target, condition] =
      answer.error === undefined ? [onSuccess, 'Success'] : [onFailure, 'RetriesExhausted'];
    if (target !== undefined) await this.#toDestination(target, done, answer, condition);
    if (answer.error !== undefined) await this.#toDeadLetters(done, answer);
    this.#options.shelf.delete(job.requestId);
  }

  async #retryLater(job: Job, delayMs: number): Promise<void> {
    const { clock, shelf } = this.#options;
    const dueAt = clock.now() + delayMs;
    if (dueAt - job.acceptedAt <= job.deployed.asynchronous.maximumAgeMs)
      return this.#keep({ ...job, dueAt });
    await this.#toDeadLetters(job, failed('EventAgeExceeded', 'the event is too old'));
    shelf.delete(job.requestId);
  }

  async #toDestination(target: string, job: Job, answer: Answer, condition: string): Promise<void> {
    const { clock } = this.#options;
    await this.#deliver(job, target, {
      version: '1.0',
      timestamp: new Date(clock.now()).toISOString(),
      requestContext: {
        requestId: job.requestId,
        functionArn: `${job.functionArn}:$LATEST`,
        condition,
        approximateInvokeCount: job.attempts,
      },
      requestPayload: job.event,
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        ...(answer.error === undefined ? {} : { functionError: answer.error }),
      },
      responsePayload: answer.payload,
    });
  }

  async #toDeadLetters(job: Job, answer: Answer): Promise<void> {
    const target = job.deployed.asynchronous.deadLetters;
    if (target === undefined) return;
    const message = answer.error === undefined ? '' : answer.payload.errorMessage;
    const text = (value: string) => ({ DataType: 'String', StringValue: value.slice(0, 1024) || '-' });
    await this.#deliver(job, target, job.event, {
      RequestID: text(job.requestId),
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: text(message),
    });
  }

  async #deliver(
    { deployed, requestId }: Job,
    target: string,
    content: unknown,
    attributes: object = {},
  ): Promise<void> {
    const { backend, logs } = this.#options;
    try {
      await backend.call({ principal: deployed.roleArn, ...deliveryTo(target, content, attributes) });
    } catch (error) {
      logs.write({
        function: deployed.code.name,
        requestId,
        text: `Cannot deliver to ${target}: ${error instanceof Error ? error.message : error}`,
      });
    }
  }
}
