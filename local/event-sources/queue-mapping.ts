import type { Timer } from '../clock.ts';
import { compileFilter, type RecordFilter } from '../events/event-bus.ts';
import { placeOfRecord } from '../faults/fault-place.ts';
import type { FaultKind } from '../faults/faults.ts';
import type { Message, Queue, Queues } from '../sqs/queues.ts';
import { inTrace } from '../trace.ts';
import { type MappingOptions, runBatch } from './mapping.ts';

/** How long a message stays away that comes out of order on purpose. */
const lateSeconds = 5;

/** How many batches run at once unless the mapping limits it. */
const usualConcurrency = 5;

/** Delivers the messages of a queue to a function. Woken whenever the queue may have something to deliver. */
export class QueueMapping {
  readonly #options: MappingOptions;
  readonly #queue: Queue;
  readonly #queues: Queues;
  readonly #filter: RecordFilter;
  #running = 0;
  #pumping = false;
  #again = false;
  #timer: { readonly at: number; readonly timer: Timer } | undefined;
  /** When the batching window of messages that wait began. */
  #windowFrom: number | undefined;

  constructor(options: MappingOptions, queue: Queue, queues: Queues) {
    this.#options = options;
    this.#queue = queue;
    this.#queues = queues;
    const patterns = options.definition.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
    this.#filter = compileFilter(patterns, 'sqs');
  }

  /** Looks for messages now. */
  wake(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#options.activity.during(async () => {
      try {
        while (this.#again) {
          this.#again = false;
          await this.#pump();
        }
      } finally {
        this.#pumping = false;
      }
    });
  }

  async #pump(): Promise<void> {
    const { definition } = this.#options;
    const concurrency = definition.ScalingConfig?.MaximumConcurrency ?? usualConcurrency;
    while (this.#running < concurrency && (await this.#isDue())) {
      const messages = await this.#receive(definition.BatchSize ?? 10);
      // With nothing to take the next to come is one that becomes visible; else the end of a batch wakes this.
      if (messages.length === 0) return this.#wakeInTime();
      this.#running++;
      void this.#options.activity
        .during(() =>
          inTrace(this.#queues.traceOf(messages[0]?.MessageId ?? ''), () => this.#deliver(messages)),
        )
        .finally(() => {
          this.#running--;
          this.wake();
        });
    }
  }

  /** Whether a batch is to be fetched now, or the window for collecting one is still open. */
  async #isDue(): Promise<boolean> {
    const { definition, clock } = this.#options;
    const window = definition.MaximumBatchingWindowInSeconds * 1000;
    if (window === 0) return true;
    const { ready } = await this.#queues.inspect(this.#queue);
    if (ready.length === 0) {
      this.#windowFrom = undefined;
      return true;
    }
    this.#windowFrom ??= clock.now();
    const end = this.#windowFrom + window;
    if (ready.length < (definition.BatchSize ?? 10) && clock.now() < end) {
      this.#wakeAt(end);
      return false;
    }
    this.#windowFrom = undefined;
    return true;
  }

  async #receive(count: number): Promise<Message[]> {
    const messages: Message[] = [];
    while (messages.length < count) {
      const received = await this.#queues.receive(this.#queue, Math.min(10, count - messages.length));
      if (received.length === 0) break;
      messages.push(...received);
    }
    return messages;
  }

  async #deliver(received: readonly Message[]): Promise<void> {
    const late = received.filter((message) => this.#comesLate(message));
    if (late.length > 0) await this.#putBack(late);
    const messages = received.filter((message) => !late.includes(message));
    const records = messages.map((message) => this.#record(message));
    const wanted = records.filter(({ record }) => this.#filter(record));
    let failed: ReadonlySet<string> | 'all' = new Set();
    if (wanted.length > 0) {
      ({ failed } = await runBatch(this.#options, wanted));
      const again = wanted.filter(({ record }) => this.#strikes('duplicate', record.body));
      if (again.length > 0) failed = either(failed, (await runBatch(this.#options, again)).failed);
    }
    const isFailed = (id: string) => failed === 'all' || failed.has(id);
    const handled = messages.filter(
      ({ MessageId }) => !(isFailed(MessageId) && wanted.some(({ identifier }) => identifier === MessageId)),
    );
    for (let from = 0; from < handled.length; from += 10)
      await this.#queues.call('DeleteMessageBatch', {
        QueueUrl: this.#queue.url,
        Entries: handled
          .slice(from, from + 10)
          .map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      });
  }

  #strikes(kind: FaultKind, body: string): boolean {
    const { faults } = this.#options;
    return (
      faults.isActive &&
      faults.strikes(kind, { resource: this.#queue.name, places: [placeOfRecord({ body })] })
    );
  }

  /** Whether those behind a message overtake it; only the first time that it is received. */
  #comesLate({ Body, Attributes }: Message): boolean {
    const isFirst = Attributes.ApproximateReceiveCount === '1';
    return isFirst && !this.#queue.definition.FifoQueue && this.#strikes('reorder', Body);
  }

  async #putBack(messages: readonly Message[]): Promise<void> {
    for (const { ReceiptHandle } of messages)
      await this.#queues.call('ChangeMessageVisibility', {
        QueueUrl: this.#queue.url,
        ReceiptHandle,
        VisibilityTimeout: lateSeconds,
      });
  }

  #record(message: Message): { identifier: string; record: Record<string, unknown> & { body: string } } {
    const attributes = Object.entries(message.MessageAttributes).map(([name, value]) => [
      name,
      {
        ...(value.StringValue === undefined ? {} : { stringValue: value.StringValue }),
        ...(value.BinaryValue === undefined ? {} : { binaryValue: value.BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: value.DataType,
      },
    ]);
    return {
      identifier: message.MessageId,
      record: {
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes,
        messageAttributes: Object.fromEntries(attributes),
        md5OfBody: message.MD5OfBody,
        eventSource: 'aws:sqs',
        eventSourceARN: this.#queue.arn,
        awsRegion: this.#options.region,
      },
    };
  }

  /** Wakes up when the next message that is delayed or in flight becomes visible. */
  async #wakeInTime(): Promise<void> {
    const { delayed, inflight } = await this.#queues.inspect(this.#queue);
    const times = [
      ...delayed.map(({ delayUntil }) => delayUntil ?? 0),
      ...inflight.map(({ visibilityDeadline }) => visibilityDeadline),
    ];
    if (times.length > 0) this.#wakeAt(times.reduce((a, b) => Math.min(a, b)));
  }

  #wakeAt(at: number): void {
    if (this.#timer && this.#timer.at <= at) return;
    this.#timer?.timer.cancel();
    const timer = this.#options.clock.schedule(at, () => {
      this.#timer = undefined;
      this.wake();
    });
    this.#timer = { at, timer };
  }
}

type Failed = ReadonlySet<string> | 'all';

function either(one: Failed, other: Failed): Failed {
  return one === 'all' || other === 'all' ? 'all' : one.union(other);
}
