import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { parse } from '#shared/tmf622/pointer.ts';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** What may stand in an attribute that becomes part of a key. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^\P{Cc}+$/u, 'must be text without control characters');
const jsonType = z
  .string()
  .regex(/^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i, 'Only JSON data is accepted');

/** Attributes of CloudEvents 1.0 as far as they mean something here; extension attributes are allowed and not kept. */
const cloudEventSchema = z.object({
  specversion: z.literal('1.0'),
  id: text(256),
  source: text(512),
  type: text(256),
  /** Here mandatory: what the event is about, such as a tracking id. */
  subject: text(256),
  time: z.iso
    .datetime({ offset: true })
    .transform((time) => new Date(time).toISOString())
    .optional(),
  datacontenttype: jsonType.optional(),
  data: z.unknown().optional(),
  data_base64: z.undefined('Binary data is not accepted: send JSON in data').optional(),
});

/** An event as its sender states it. */
export type CloudEvent = Omit<z.output<typeof cloudEventSchema>, 'data_base64' | 'datacontenttype'>;

/**
 * Reads a CloudEvent from an HTTP request: structured mode (`application/cloudevents+json`) or binary mode
 * (attributes in `ce-` headers, the body is the data).
 * @throws InvalidRequest naming each attribute that is missing or wrong
 */
export function readCloudEvent(headers: Readonly<Record<string, string>>, body: unknown): CloudEvent {
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  switch (mediaType.trim().toLowerCase()) {
    case STRUCTURED:
      return read(body);
    case BATCH:
      throw new InvalidRequest([
        { pointer: '', message: 'Batches are not accepted: send one event at a time' },
      ]);
    default:
      if (headers['ce-specversion'] === undefined)
        throw new InvalidRequest([
          { pointer: '', message: `No CloudEvent: send ${STRUCTURED}, or the attributes as ce- headers` },
        ]);
      return read(fromHeaders(headers, body));
  }
}

function read(event: unknown): CloudEvent {
  const { data_base64: _none, datacontenttype: _json, ...attributes } = parse(cloudEventSchema, event);
  return attributes;
}

/** Binary mode: header values are percent-encoded (CloudEvents HTTP binding 3.1.3.2), the content type is the data's. */
function fromHeaders(headers: Readonly<Record<string, string>>, data: unknown): Record<string, unknown> {
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce-'))
    .map(([name, value]) => [name.slice('ce-'.length), percentDecoded(value)]);
  return { ...Object.fromEntries(attributes), datacontenttype: headers['content-type'], data };
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
