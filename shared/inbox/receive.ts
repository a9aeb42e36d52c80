import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { eventSortKey, keepEvent, readEvent } from '#shared/store/inbox.ts';
import type { InboxEvent } from '#shared/store/records.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import type { CloudEvent } from './cloud-event.ts';
import { correlationKeyOf } from './correlation.ts';
import { EVENT_TYPES, type EventType } from './event-types.ts';
import { applyPendingEvents } from './matching.ts';
import { TRIGGERS } from './triggers.ts';

/** `kept`: it came before its wait, or while its step is repaired. */
export type Reception = 'applied' | 'kept' | 'duplicate' | 'late';

/** How long an event is remembered: as long as an execution can live, and some more. */
const KEPT_DAYS = 400;

/**
 * Takes in an event from outside: (1) check its type and data; (2) keep it, unless it was delivered before;
 * (3) match what is pending under its key with the wait. A duplicate is matched too: its first delivery may have
 * ended between (2) and (3).
 *
 * @throws InvalidRequest for an unknown type, or naming each wrong field of the data
 */
export async function receiveEvent(deps: Dependencies, event: CloudEvent): Promise<Reception> {
  const type = EVENT_TYPES.get(event.type);
  if (!type) throw unknownType(event.type);
  const kept = inboxEvent(type.topic, event, dataOf(type, event), deps.now());
  const { correlationKey, sk } = kept;
  const isNew = await keepEvent(deps, { ...kept, unmatched: 'pending' });
  const fates = await applyPendingEvents(deps, correlationKey);
  if (!isNew) return 'duplicate';
  // The parking side may have matched it before we looked.
  const fate = fates.get(sk) ?? (await readEvent(deps, { correlationKey, sk }))?.status;
  return fate === undefined || fate === 'pending' ? 'kept' : fate;
}

/** The record of an event that came now. @param topic what its subject is a value of */
export function inboxEvent(
  topic: string,
  { id, source, subject, type, time }: CloudEvent,
  data: InboxEvent['data'],
  now: Date,
): InboxEvent {
  const receivedAt = now.toISOString();
  return {
    correlationKey: correlationKeyOf(topic, subject),
    sk: eventSortKey(source, id),
    id,
    source,
    type,
    time: time ?? receivedAt,
    receivedAt,
    data,
    status: 'pending',
    expiresAt: Math.floor(now.getTime() / 1000) + KEPT_DAYS * 24 * 3600,
  };
}

/** What the event says, checked against its type. @throws InvalidRequest naming each wrong field */
export function dataOf(type: Pick<EventType, 'data'>, { data }: CloudEvent): Record<string, unknown> {
  return { ...parse(z.object({ data: type.data }), { data: data ?? {} }).data };
}

const unknownType = (type: string): InvalidRequest =>
  new InvalidRequest([
    {
      pointer: '/type',
      message: `${type} is not known here; known are ${[...EVENT_TYPES.keys(), ...TRIGGERS.keys()].join(', ')}`,
    },
  ]);
