import { describe, expect, it } from 'vitest';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { readCloudEvent } from '#shared/inbox/cloud-event.ts';

const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
const delivered = {
  specversion: '1.0',
  id: 'e-1',
  source: '/carriers/post',
  type: 'milepost.delivery.delivered',
  subject: 'TR-1',
  time: '2026-03-04T11:02:00+01:00',
  data: { deliveredAt: '2026-03-04' },
};

function wrong(headers: Record<string, string>, body: unknown): string[] {
  try {
    readCloudEvent(headers, body);
    return [];
  } catch (error) {
    if (error instanceof InvalidRequest) return error.problems.map(({ pointer }) => pointer);
    throw error;
  }
}

describe('a structured event', () => {
  it('is read, its time in UTC', () => {
    expect(readCloudEvent(STRUCTURED, { ...delivered, traceparent: '00-1' })).toEqual({
      ...delivered,
      time: '2026-03-04T10:02:00.000Z',
    });
  });

  it.each([
    [{ specversion: '0.3' }, '/specversion'],
    [{ id: undefined }, '/id'],
    [{ id: '' }, '/id'],
    [{ source: 7 }, '/source'],
    [{ source: 'x'.repeat(513) }, '/source'],
    [{ type: undefined }, '/type'],
    [{ subject: undefined }, '/subject'],
    [{ subject: 'TR\u00001' }, '/subject'],
    [{ time: 'yesterday' }, '/time'],
    [{ datacontenttype: 'application/xml' }, '/datacontenttype'],
    [{ data_base64: 'AAAA' }, '/data_base64'],
  ])('with %j is refused', (change, pointer) => {
    expect(wrong(STRUCTURED, { ...delivered, ...change })).toEqual([pointer]);
  });

  it('must be an object', () => {
    expect(wrong(STRUCTURED, undefined)).toEqual(['']);
    expect(wrong(STRUCTURED, [delivered])).toEqual(['']);
  });
});

describe('a binary event', () => {
  const { data, ...attributes } = delivered;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, value])),
  };

  it('means the same as the structured one', () => {
    expect(readCloudEvent(headers, data)).toEqual(readCloudEvent(STRUCTURED, delivered));
  });

  it('may have percent-encoded attributes and no data', () => {
    const { 'content-type': _type, ...withoutType } = headers;
    const event = readCloudEvent({ ...withoutType, 'ce-subject': 'TR%201', 'ce-id': '100%' }, undefined);
    expect(event).toMatchObject({ subject: 'TR 1', id: '100%' });
  });

  it('is refused when an attribute is missing or the data is not JSON', () => {
    const { 'ce-id': _id, ...anonymous } = headers;
    expect(wrong(anonymous, data)).toEqual(['/id']);
    expect(wrong({ ...headers, 'content-type': 'text/plain' }, data)).toEqual(['/datacontenttype']);
  });
});

it('anything else is no event', () => {
  expect(wrong({ 'content-type': 'application/json' }, delivered)).toEqual(['']);
  expect(wrong({ 'content-type': 'application/cloudevents-batch+json' }, [delivered])).toEqual(['']);
  expect(wrong({}, undefined)).toEqual(['']);
});
