import { buildApp } from 'fauxqs';
import * as z from 'zod';
import { AwsError } from '../aws.ts';
import { chunks, type Meter } from '../billing/meter.ts';
import type { AssemblyResource } from '../cloudformation/assembly.ts';
import { propertiesOf, queueSchema } from '../cloudformation/resource-schemas.ts';
import type { Shelf } from '../data/shelf.ts';
import { currentTrace, TraceMemory } from '../trace.ts';
import type { Turns } from '../turns.ts';
import { type KeptMessage, KeptMessages, type SentMessage, sentMessage } from './kept-messages.ts';

type Input = Readonly<Record<string, unknown>>;

/** A queue of the assembly. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly definition: z.output<typeof queueSchema>;
}

/** A message as ReceiveMessage answers it, with every attribute. */
const message = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  MD5OfBody: z.string(),
  Body: z.string(),
  Attributes: z.record(z.string(), z.string()).default({}),
  MessageAttributes: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  MD5OfMessageAttributes: z.string().optional(),
});
export type Message = z.output<typeof message>;
const received = z.object({ Messages: z.array(message).default([]) });

/** A message as it lies in a queue. */
const storedMessage = z.object({ messageId: z.string(), delayUntil: z.number().optional() });
const inspection = z.object({
  messages: z.object({
    ready: z.array(storedMessage),
    delayed: z.array(storedMessage),
    inflight: z.array(z.object({ message: storedMessage, visibilityDeadline: z.number() })),
  }),
});
/** What a queue holds. */
export type QueueContent = z.output<typeof inspection>['messages'];

const sentOne = z.object({ MessageId: z.string() });
const sentBatch = z.object({ Successful: z.array(sentOne.extend({ Id: z.string() })).default([]) });
const sendEntry = sentMessage.extend({ Id: z.string() });
const handle = z.object({ ReceiptHandle: z.string() });
const deletedBatch = z.object({ Successful: z.array(z.object({ Id: z.string() })).default([]) });
const deleteEntry = handle.extend({ Id: z.string() });
const errorSchema = z.object({ __type: z.string(), message: z.string().default('') });
const created = z.object({ QueueUrl: z.string() });

const sendActions = new Set(['SendMessage', 'SendMessageBatch']);
const changeActions = new Set([
  ...sendActions,
  'ReceiveMessage',
  'DeleteMessage',
  'DeleteMessageBatch',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'PurgeQueue',
]);
const fauxqsAccount = '000000000000';

/** SQS: fauxqs, in this process and without a port of its own. */
export class Queues {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly #byArn: ReadonlyMap<string, Queue>;
  readonly #app: ReturnType<typeof buildApp>;
  readonly #meter: Meter;
  readonly #turns: Turns;
  readonly #account: string;
  readonly #host: string;
  /** fauxqs's own URL of each queue. */
  readonly #urls = new Map<string, string>();
  readonly #traces = new TraceMemory();
  readonly #listeners: ((queue: Queue) => void)[] = [];
  readonly #kept: KeptMessages;
  readonly #mostInFlight: number | undefined;

  constructor(
    queues: readonly Queue[],
    options: {
      meter: Meter;
      turns: Turns;
      region: string;
      account: string;
      url: string;
      /** Keeps messages until they are deleted. */
      shelf: Shelf<KeptMessage>;
      /** How many messages of a queue are in flight at once; any number unless given. */
      mostInFlight?: number | undefined;
    },
  ) {
    this.#app = buildApp({ logger: false, defaultRegion: options.region });
    this.queues = new Map(queues.map((queue) => [queue.name, queue]));
    this.#byArn = new Map(queues.map((queue) => [queue.arn, queue]));
    this.#meter = options.meter;
    this.#turns = options.turns;
    this.#account = options.account;
    this.#host = new URL(options.url).host;
    this.#mostInFlight = options.mostInFlight;
    this.#kept = new KeptMessages(options.shelf, () => Date.now());
  }

  async create(): Promise<void> {
    for (const { name, definition } of this.queues.values()) {
      const { QueueUrl } = created.parse(
        await this.#send('CreateQueue', { QueueName: name, Attributes: attributesOf(definition) }),
      );
      this.#urls.set(name, QueueUrl);
    }
  }

  /** Calls `listener` after everything that can change what a queue holds. */
  onChange(listener: (queue: Queue) => void): void {
    this.#listeners.push(listener);
  }

  byArn(arn: string): Queue | undefined {
    return this.#byArn.get(arn);
  }

  /** The trace in whose course a message was sent. */
  traceOf(messageId: string): string | undefined {
    return this.#traces.recall(messageId);
  }

  async call(action: string, input: Input): Promise<Record<string, unknown>> {
    const queue = this.#queueOf(input);
    if (queue && action === 'ReceiveMessage') await this.#refuseTooMany(queue);
    const answer = await this.#send(action, input);
    if (queue) await this.#keep(action, queue, input, answer);
    this.#count(action, queue, Buffer.byteLength(JSON.stringify(sendActions.has(action) ? input : answer)));
    if (queue && changeActions.has(action)) this.#notify(queue);
    if (queue && action === 'ReceiveMessage') this.#notifyDeadLetters(queue);
    return answer;
  }

  /** Takes up to `count` messages (10 at most) for an event source mapping; polling in vain is not counted. */
  async receive(queue: Queue, count: number): Promise<Message[]> {
    const answer = await this.#send('ReceiveMessage', {
      QueueUrl: queue.url,
      MaxNumberOfMessages: count,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    });
    const messages = received.parse(answer).Messages;
    await this.#noteReceived(queue, messages);
    const [first] = messages;
    if (first) {
      this.#count(
        'ReceiveMessage',
        queue,
        Buffer.byteLength(JSON.stringify(messages)),
        this.traceOf(first.MessageId),
      );
      this.#notify(queue);
    }
    this.#notifyDeadLetters(queue);
    return messages;
  }

  /** Puts back, uncounted, the messages that were there when the process ended: those in flight are visible again. */
  async restore(): Promise<void> {
    for (const [id, message] of this.#kept.all()) {
      const queue = this.queues.get(message.queue);
      if (queue) await this.#restore(queue, message);
      this.#kept.forget(id);
    }
  }

  async #restore(queue: Queue, message: KeptMessage): Promise<void> {
    const { body, attributes, delayUntil, group, deduplication } = message;
    const seconds = Math.max(0, Math.ceil(((delayUntil ?? 0) - Date.now()) / 1000));
    const again = {
      MessageBody: body,
      MessageAttributes: attributes,
      ...(group === undefined ? { DelaySeconds: seconds } : { MessageGroupId: group }),
      ...(deduplication === undefined ? {} : { MessageDeduplicationId: deduplication }),
    };
    const { MessageId } = sentOne.parse(await this.#send('SendMessage', { QueueUrl: queue.url, ...again }));
    this.#kept.sent(queue.name, MessageId, again, 0);
  }

  /** Notes what a call that was answered did to messages. */
  async #keep(action: string, queue: Queue, input: Input, answer: unknown): Promise<void> {
    const sent = (id: string, entry: SentMessage) => {
      this.#kept.sent(queue.name, id, entry, queue.definition.DelaySeconds);
      this.#traces.remember(id);
    };
    switch (action) {
      case 'SendMessage':
        return sent(sentOne.parse(answer).MessageId, sentMessage.parse(input));
      case 'SendMessageBatch': {
        const entries = new Map(entriesOf(sendEntry, input).map((entry) => [entry.Id, entry]));
        for (const { Id, MessageId } of sentBatch.parse(answer).Successful) {
          const entry = entries.get(Id);
          if (entry) sent(MessageId, entry);
        }
        return;
      }
      case 'ReceiveMessage':
        return this.#noteReceived(queue, received.parse(answer).Messages);
      case 'DeleteMessage':
        return this.#kept.deleted(handle.parse(input).ReceiptHandle);
      case 'DeleteMessageBatch': {
        const done = new Set(deletedBatch.parse(answer).Successful.map(({ Id }) => Id));
        for (const { Id, ReceiptHandle } of entriesOf(deleteEntry, input))
          if (done.has(Id)) this.#kept.deleted(ReceiptHandle);
        return;
      }
      case 'PurgeQueue':
        return this.#kept.purged(queue.name);
    }
  }

  /** Receiving is also when messages that were received too often are moved. */
  async #noteReceived(queue: Queue, messages: readonly Message[]): Promise<void> {
    const { RedrivePolicy } = queue.definition;
    const deadLetters = this.byArn(RedrivePolicy?.deadLetterTargetArn ?? '');
    if (RedrivePolicy && deadLetters && this.#kept.mayMove(queue.name, RedrivePolicy.maxReceiveCount)) {
      const { ready, delayed, inflight } = await this.inspect(deadLetters);
      const there = [...ready, ...delayed, ...inflight.map(({ message }) => message)];
      for (const { messageId } of there) this.#kept.moved(messageId, deadLetters.name);
    }
    for (const { MessageId, ReceiptHandle } of messages) this.#kept.received(MessageId, ReceiptHandle);
  }

  /** @throws AwsError OverLimit */
  async #refuseTooMany(queue: Queue): Promise<void> {
    if (this.#mostInFlight === undefined) return;
    const { inflight } = await this.inspect(queue);
    if (inflight.length >= this.#mostInFlight)
      throw new AwsError('OverLimit', 'Too many messages in flight', 403);
  }

  /** What a queue holds, without taking it. */
  async inspect(queue: Queue): Promise<QueueContent> {
    const { body } = await this.#turns.outside(async () =>
      this.#app.inject({ method: 'GET', url: `/_fauxqs/queues/${queue.name}` }),
    );
    return inspection.parse(JSON.parse(body)).messages;
  }

  async stop(): Promise<void> {
    await this.#app.close();
  }

  #count(operation: string, queue: Queue | undefined, bytes: number, trace = currentTrace()): void {
    const resource = queue?.name ?? '';
    this.#meter.count(
      { service: 'sqs', operation, unit: 'Request', resource, quantity: chunks(bytes, 65_536) },
      trace,
    );
  }

  #notify(queue: Queue): void {
    for (const listener of this.#listeners) listener(queue);
  }

  /** Receiving is when messages that were received too often are moved. */
  #notifyDeadLetters(queue: Queue): void {
    const deadLetters = this.byArn(queue.definition.RedrivePolicy?.deadLetterTargetArn ?? '');
    if (deadLetters) this.#notify(deadLetters);
  }

  #queueOf(input: Input): Queue | undefined {
    return this.queues.get(
      String(input.QueueUrl ?? input.QueueName)
        .split('/')
        .at(-1) ?? '',
    );
  }

  async #send(action: string, input: Input): Promise<Record<string, unknown>> {
    const url = this.#urls.get(this.#queueOf(input)?.name ?? '');
    const hasMessages = changeActions.has(action);
    const request = JSON.stringify(
      input.QueueUrl === undefined || url === undefined ? input : { ...input, QueueUrl: url },
    );
    const { statusCode, body } = await this.#turns.outside(async () =>
      this.#app.inject({
        method: 'POST',
        url: '/',
        headers: {
          host: this.#host,
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': `AmazonSQS.${action}`,
        },
        payload: hasMessages ? request : this.#moved(request, this.#account, fauxqsAccount),
      }),
    );
    const answer: unknown = JSON.parse(hasMessages ? body : this.#moved(body, fauxqsAccount, this.#account));
    if (statusCode === 200) return z.record(z.string(), z.unknown()).parse(answer);
    const { __type, message: reason } = errorSchema.parse(answer);
    throw new AwsError(__type.split('#').at(-1) ?? __type, reason, statusCode);
  }

  /** Queue ARNs and URLs in a text, moved from one account to the other: fauxqs knows only one. */
  #moved(text: string, from: string, to: string): string {
    return text
      .replaceAll(new RegExp(`(arn:aws:sqs:[a-z0-9-]+:)${from}:`, 'g'), `$1${to}:`)
      .replaceAll(`http://${this.#host}/${from}/`, `http://${this.#host}/${to}/`);
  }
}

function entriesOf<T>(schema: z.ZodType<T>, { Entries }: Input): T[] {
  return z.array(schema).parse(Entries);
}

/** The queues of an assembly. */
export function queuesOf(resources: readonly AssemblyResource[]): Queue[] {
  return resources
    .filter(({ type }) => type === 'AWS::SQS::Queue')
    .map((resource) => ({
      name: resource.name,
      arn: resource.arn ?? '',
      url: resource.physicalId,
      definition: propertiesOf(queueSchema, resource),
    }));
}

function attributesOf(definition: Queue['definition']): Record<string, string> {
  return {
    VisibilityTimeout: String(definition.VisibilityTimeout),
    MessageRetentionPeriod: String(definition.MessageRetentionPeriod),
    DelaySeconds: String(definition.DelaySeconds),
    ReceiveMessageWaitTimeSeconds: String(definition.ReceiveMessageWaitTimeSeconds),
    MaximumMessageSize: String(definition.MaximumMessageSize),
    ...(definition.RedrivePolicy ? { RedrivePolicy: JSON.stringify(definition.RedrivePolicy) } : {}),
    ...(definition.FifoQueue ? { FifoQueue: 'true' } : {}),
    ...(definition.ContentBasedDeduplication ? { ContentBasedDeduplication: 'true' } : {}),
  };
}
