import * as z from 'zod';
import type { Activity } from '../activity.ts';
import { AwsError } from '../aws.ts';
import type { Clock } from '../clock.ts';
import { deliveryTarget } from '../cloudformation/resource-schemas.ts';
import type { Shelf } from '../data/shelf.ts';
import { placeOf } from '../faults/fault-place.ts';
import type { Faults } from '../faults/faults.ts';
import { currentTrace, inTrace } from '../trace.ts';
import type { Gateway } from '../wire/gateway.ts';

/** One thing to hand to a target of a rule or schedule. */
export const delivery = z.object({
  target: deliveryTarget,
  content: z.unknown(),
  caller: z.object({ principal: z.string(), sourceArn: z.string().optional() }),
  /** Name of the rule or schedule. */
  source: z.string(),
  /** When the event came. */
  from: z.number(),
});
export type Delivery = z.output<typeof delivery>;

/** A delivery as it is kept until it has been made or given up. */
export const pendingDelivery = delivery.extend({
  attempts: z.number(),
  dueAt: z.number(),
  trace: z.string().optional(),
});
type Pending = z.output<typeof pendingDelivery>;

export interface DeliveriesOptions {
  readonly gateway: Gateway;
  readonly clock: Clock;
  readonly activity: Activity;
  readonly newUuid: () => string;
  readonly faults: Faults;
  /** Told about deliveries that were given up. */
  readonly warn: (text: string) => void;
  readonly shelf: Shelf<Pending>;
}

const usualRetry = { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 };
const longestDelayMs = 60_000;

/** Hands events to the targets of rules and schedules: with retries, and to a dead-letter queue in the end. */
export class Deliveries {
  readonly #options: DeliveriesOptions;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Accepts a delivery, which is made from then on even if the process ends. */
  send(given: Delivery): void {
    const { clock, newUuid, faults } = this.#options;
    const places = faults.isActive ? [placeOf(given.content)] : [];
    const times = faults.strikes('duplicate', { resource: given.source, places }) ? 2 : 1;
    for (let time = 0; time < times; time++)
      this.#keep(newUuid(), { ...given, attempts: 0, dueAt: clock.now(), trace: currentTrace() });
  }

  /** Takes up what was left to deliver. */
  resume(): void {
    for (const [id, pending] of [...this.#options.shelf.entries()]) this.#schedule(id, pending);
  }

  #keep(id: string, pending: Pending): void {
    this.#options.shelf.set(id, pending);
    this.#schedule(id, pending);
  }

  #schedule(id: string, pending: Pending): void {
    const { clock } = this.#options;
    if (pending.dueAt <= clock.now()) this.#attempt(id, pending);
    else clock.schedule(pending.dueAt, () => this.#attempt(id, pending));
  }

  #attempt(id: string, pending: Pending): void {
    const { activity, gateway } = this.#options;
    const attempt = async () => {
      try {
        const { service, action, input } = deliveryCall(pending);
        await gateway.callAs(callerOf(pending), service, action, input);
        this.#options.shelf.delete(id);
      } catch (error) {
        await this.#failed(
          id,
          pending,
          error instanceof AwsError ? error : new AwsError('InternalException', String(error)),
        );
      }
    };
    void inTrace(pending.trace, () => activity.during(attempt));
  }

  async #failed(id: string, pending: Pending, error: AwsError): Promise<void> {
    const { clock } = this.#options;
    const attempts = pending.attempts + 1;
    const { MaximumRetryAttempts, MaximumEventAgeInSeconds } = pending.target.RetryPolicy ?? usualRetry;
    const isHopeless = /AccessDenied|ResourceNotFound|NotExist|NonExistent|Validation|Invalid/.test(
      error.code,
    );
    const dueAt = clock.now() + Math.min(longestDelayMs, 1000 * 2 ** attempts);
    if (
      !isHopeless &&
      attempts <= MaximumRetryAttempts &&
      dueAt - pending.from <= MaximumEventAgeInSeconds * 1000
    )
      return this.#keep(id, { ...pending, attempts, dueAt });
    await this.#giveUp(pending, error);
    this.#options.shelf.delete(id);
  }

  async #giveUp(pending: Pending, error: AwsError): Promise<void> {
    const { gateway, warn } = this.#options;
    const { target, caller, source } = pending;
    const queue = target.DeadLetterConfig?.Arn;
    warn(`${source} cannot deliver to ${target.Arn}: ${error.message}`);
    if (queue === undefined) return;
    const isScheduled = caller.sourceArn?.includes(':scheduler:') === true;
    const text = (value: string) => ({ DataType: 'String', StringValue: value || '-' });
    try {
      await gateway.callAs(
        // A rule's dead letters are sent by the service itself, also where a role is used for the target.
        { ...callerOf(pending), principal: isScheduled ? caller.principal : 'events.amazonaws.com' },
        'sqs',
        'SendMessage',
        {
          ...messageTo(queue, asText(pending.content)),
          MessageAttributes: {
            ERROR_CODE: text(error.code),
            ERROR_MESSAGE: text(error.message),
            [isScheduled ? 'SCHEDULE_ARN' : 'RULE_ARN']: text(caller.sourceArn ?? ''),
            TARGET_ARN: text(target.Arn),
            RETRY_ATTEMPTS: { DataType: 'Number', StringValue: String(pending.attempts) },
          },
        },
      );
    } catch (lost) {
      warn(`${source} cannot reach its dead-letter queue: ${lost instanceof Error ? lost.message : lost}`);
    }
  }
}

function callerOf({ caller: { principal, sourceArn } }: Delivery) {
  return sourceArn === undefined ? { principal } : { principal, sourceArn };
}

/**
 * The call that hands content to a target.
 * @throws when the target is of a service that is not known here
 */
export function deliveryCall({ target, content }: Pick<Delivery, 'target' | 'content'>): {
  service: string;
  action: string;
  input: Record<string, unknown>;
} {
  const service = target.Arn.split(':')[2];
  switch (service) {
    case 'lambda':
      return {
        service,
        action: 'Invoke',
        input: { FunctionName: target.Arn, InvocationType: 'Event', Payload: content },
      };
    case 'states':
      return {
        service,
        action: 'StartExecution',
        input: { stateMachineArn: target.Arn, input: JSON.stringify(content) },
      };
    case 'sqs': {
      const group = target.SqsParameters?.MessageGroupId;
      return {
        service,
        action: 'SendMessage',
        input: {
          ...messageTo(target.Arn, asText(content)),
          ...(group === undefined ? {} : { MessageGroupId: group }),
        },
      };
    }
    default:
      throw new Error(`${target.Arn} is not a target that is known here`);
  }
}

function asText(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

function messageTo(queueArn: string, body: string): Record<string, unknown> {
  const [account, name] = queueArn.split(':').slice(4);
  return { QueueUrl: `/${account}/${name}`, MessageBody: body };
}

/** What a text stands for, when it is JSON, or else the text. */
export function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
