import * as z from 'zod';
import type { Shelf } from '../data/shelf.ts';

/** A message as it is kept from when it is sent until it is deleted. */
export const keptMessage = z.object({
  queue: z.string(),
  body: z.string(),
  attributes: z.record(z.string(), z.unknown()),
  delayUntil: z.number().optional(),
  group: z.string().optional(),
  deduplication: z.string().optional(),
});
export type KeptMessage = z.output<typeof keptMessage>;

/** What a sender says of a message. */
export const sentMessage = z.object({
  MessageBody: z.string(),
  MessageAttributes: z.record(z.string(), z.unknown()).default({}),
  DelaySeconds: z.coerce.number().optional(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
});
export type SentMessage = z.output<typeof sentMessage>;

/** Follows what becomes of messages, and keeps those that have not been deleted. */
export class KeptMessages {
  readonly #shelf: Shelf<KeptMessage>;
  readonly #now: () => number;
  /** The message that a receipt handle is for, and the newest handle of each message. */
  readonly #messages = new Map<string, string>();
  readonly #handles = new Map<string, string>();
  readonly #receives = new Map<string, number>();
  /** Messages of FIFO queues that were sent: sending one again answers its id, even after it was deleted. */
  readonly #grouped = new Set<string>();

  constructor(shelf: Shelf<KeptMessage>, now: () => number) {
    this.#shelf = shelf;
    this.#now = now;
  }

  all(): [id: string, message: KeptMessage][] {
    return [...this.#shelf.entries()].map(([id, message]) => [id, message]);
  }

  sent(queue: string, id: string, message: SentMessage, queueDelaySeconds: number): void {
    const { MessageBody, MessageAttributes, DelaySeconds = queueDelaySeconds } = message;
    const { MessageGroupId: group, MessageDeduplicationId: deduplication } = message;
    if (this.#grouped.has(id)) return;
    if (group !== undefined) this.#grouped.add(id);
    this.#shelf.set(id, {
      ...{ queue, body: MessageBody, attributes: MessageAttributes },
      ...(DelaySeconds > 0 ? { delayUntil: this.#now() + DelaySeconds * 1000 } : {}),
      ...(group === undefined ? {} : { group }),
      ...(deduplication === undefined ? {} : { deduplication }),
    });
  }

  received(id: string, handle: string): void {
    this.#messages.delete(this.#handles.get(id) ?? '');
    this.#messages.set(handle, id);
    this.#handles.set(id, handle);
    this.#receives.set(id, (this.#receives.get(id) ?? 0) + 1);
  }

  deleted(handle: string): void {
    const id = this.#messages.get(handle);
    if (id !== undefined) this.forget(id);
  }

  purged(queue: string): void {
    for (const [id, message] of this.all()) if (message.queue === queue) this.forget(id);
  }

  /** Whether a message of a queue has been received so often that the next time moves it elsewhere. */
  mayMove(queue: string, mostReceives: number): boolean {
    for (const [id, times] of this.#receives)
      if (times >= mostReceives && this.#shelf.get(id)?.queue === queue) return true;
    return false;
  }

  moved(id: string, queue: string): void {
    const message = this.#shelf.get(id);
    if (!message || message.queue === queue) return;
    this.#receives.delete(id);
    this.#shelf.set(id, { ...message, queue });
  }

  forget(id: string): void {
    this.#messages.delete(this.#handles.get(id) ?? '');
    this.#handles.delete(id);
    this.#receives.delete(id);
    this.#shelf.delete(id);
  }
}
