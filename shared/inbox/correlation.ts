import type { TransactItem } from '#shared/steps/completion.ts';
import { waitId } from '#shared/steps/completion.ts';
import { putPointer } from '#shared/store/inbox.ts';

/** What an event and the wait for it have in common: the topic, and the value that the outside knows (a tracking id, a work order). */
export const correlationKeyOf = (topic: string, value: string): string => `${topic}#${value}`;

/** How long after its time limit a wait can still be found by its key, so that a late event is known as late. */
const FINDABLE_DAYS = 90;

/**
 * The write that makes a wait findable by its correlation key, for the transaction that parks it.
 * @param dueAt the wait's time limit
 */
export const correlationItem = (
  correlationKey: string,
  order: string,
  suborder: string,
  step: string,
  dueAt: string,
): TransactItem =>
  putPointer({
    correlationKey,
    order,
    wait: waitId(suborder, step, 'event'),
    expiresAt: Math.floor(Date.parse(dueAt) / 1000) + FINDABLE_DAYS * 24 * 3600,
  });
