import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileFilter,
  compilePattern,
  InvalidEventPatternError,
  InvalidInputTransformerError,
  InvalidScheduleError,
  inputPath,
  inputTransformer,
  matchesPattern,
  parseSchedule,
  validatePattern,
} from '#local/events/event-bus.ts';

const event = {
  source: 'demo.source',
  'detail-type': 'Thing happened',
  account: '111122223333',
  detail: {
    state: 'RUNNING',
    count: 5,
    done: false,
    nothing: null,
    address: '10.1.2.3',
    address6: '2001:db8::1',
    file: 'images/a*b.PNG',
    tags: ['red', 'green'],
    empty: [],
    items: [
      { id: 1, colour: 'red' },
      { id: 2, colour: 'blue', note: 'x' },
    ],
    inner: { deep: 'value' },
  },
};

describe('event patterns', () => {
  const cases: [unknown, boolean][] = [
    [{ source: ['demo.source'] }, true],
    [{ source: ['other', 'demo.source'] }, true],
    [{ source: ['demo'] }, false],
    [{ source: ['demo.source'], detail: { state: ['STOPPED'] } }, false],
    [{ detail: { count: [5] } }, true],
    [{ detail: { count: ['5'] } }, false],
    [{ detail: { done: [false] } }, true],
    [{ detail: { nothing: [null] } }, true],
    [{ detail: { missing: [null] } }, false],
    [{ detail: { tags: ['green'] } }, true],
    [{ detail: { inner: { deep: ['value'] } } }, true],
    [{ detail: { state: { deep: ['value'] } } }, false],
    [{ detail: { constructor: [{ exists: true }] } }, false],
    [{ detail: { items: { id: [1], colour: ['red'] } } }, true],
    [{ detail: { items: { id: [1], colour: ['blue'] } } }, false],
    [{ detail: { state: [{ prefix: 'RUN' }] } }, true],
    [{ detail: { count: [{ prefix: '5' }] } }, false],
    [{ detail: { state: [{ prefix: { 'equals-ignore-case': 'run' } }] } }, true],
    [{ detail: { state: [{ suffix: 'ING' }] } }, true],
    [{ detail: { file: [{ suffix: '.png' }] } }, false],
    [{ detail: { file: [{ suffix: { 'equals-ignore-case': '.png' } }] } }, true],
    [{ detail: { state: [{ 'equals-ignore-case': 'running' }] } }, true],
    [{ detail: { state: [{ 'anything-but': 'STOPPED' }] } }, true],
    [{ detail: { state: [{ 'anything-but': ['STOPPED', 'RUNNING'] }] } }, false],
    [{ detail: { count: [{ 'anything-but': [4, 6] }] } }, true],
    [{ detail: { count: [{ 'anything-but': 5 }] } }, false],
    [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { state: [{ 'anything-but': { prefix: 'RUN' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { prefix: ['A', 'B'] } }] } }, true],
    [{ detail: { state: [{ 'anything-but': { suffix: 'ING' } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { 'equals-ignore-case': ['running'] } }] } }, false],
    [{ detail: { state: [{ 'anything-but': { wildcard: 'R*G' } }] } }, false],
    [{ detail: { count: [{ numeric: ['=', 5] }] } }, true],
    [{ detail: { count: [{ numeric: ['>', 0, '<=', 5] }] } }, true],
    [{ detail: { count: [{ numeric: ['<', 5] }] } }, false],
    [{ detail: { state: [{ numeric: ['>', 0] }] } }, false],
    [{ detail: { address: [{ cidr: '10.1.0.0/16' }] } }, true],
    [{ detail: { address: [{ cidr: '10.2.0.0/16' }] } }, false],
    [{ detail: { state: [{ cidr: '10.1.0.0/16' }] } }, false],
    [{ detail: { address6: [{ cidr: '2001:db8::/32' }] } }, true],
    [{ detail: { state: [{ exists: true }] } }, true],
    [{ detail: { nothing: [{ exists: true }] } }, true],
    [{ detail: { state: [{ exists: false }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { empty: [{ exists: false }] } }, true],
    [{ detail: { missing: { below: [{ exists: false }] } } }, true],
    [{ detail: { inner: [{ exists: true }] } }, false],
    [{ detail: { items: { note: [{ exists: false }] } } }, false],
    [{ detail: { missing: ['x', { exists: false }] } }, true],
    [{ detail: { file: [{ wildcard: 'images/*.PNG' }] } }, true],
    [{ detail: { file: [{ wildcard: '*a\\*b*' }] } }, true],
    [{ detail: { state: [{ wildcard: '*a\\*b*' }] } }, false],
    [{ $or: [{ source: ['x'] }, { detail: { state: ['RUNNING'] } }] }, true],
    [{ $or: [{ source: ['x'] }, { detail: { state: ['x'] } }] }, false],
    [{ detail: { count: [5], $or: [{ state: ['x'] }, { done: [false] }] } }, true],
    [{ detail: { count: [6], $or: [{ state: ['x'] }, { done: [false] }] } }, false],
  ];
  it.each(cases)('%j: %s', (pattern, expected) => {
    expect(matchesPattern(pattern, event)).toBe(expected);
    expect(matchesPattern(JSON.stringify(pattern), event)).toBe(expected);
  });

  it('matches nothing that is no object', () => {
    const matches = compilePattern({ a: [{ exists: false }] });
    expect([null, 'x', 1, [{}]].map(matches)).toEqual([false, false, false, false]);
  });

  const refused: [string, unknown][] = [
    ['no JSON', '{'],
    ['no object', '[]'],
    ['an empty pattern', {}],
    ['a bare value', { source: 'demo' }],
    ['an empty list', { source: [] }],
    ['an empty object', { detail: {} }],
    ['a list in a list', { source: [['a']] }],
    ['an unknown operator', { source: [{ contains: 'x' }] }],
    ['two operators', { source: [{ prefix: 'a', suffix: 'b' }] }],
    ['a prefix of a number', { source: [{ prefix: 1 }] }],
    ['a prefix of something else', { source: [{ prefix: { suffix: 'x' } }] }],
    ['an exists of a text', { source: [{ exists: 'yes' }] }],
    ['an odd numeric', { source: [{ numeric: ['>'] }] }],
    ['an unknown comparison', { source: [{ numeric: ['!=', 1] }] }],
    ['a number too large', { source: [{ numeric: ['=', 5_000_000_001] }] }],
    ['bounds the wrong way round', { source: [{ numeric: ['<', 1, '>', 0] }] }],
    ['bounds that exclude everything', { source: [{ numeric: ['>', 5, '<', 1] }] }],
    ['a bad range', { source: [{ cidr: '10.0.0.0/33' }] }],
    ['a range without size', { source: [{ cidr: '10.0.0.0' }] }],
    ['anything-but of mixed kinds', { source: [{ 'anything-but': ['a', 1] }] }],
    ['anything-but of a boolean', { source: [{ 'anything-but': true }] }],
    ['anything-but of nothing', { source: [{ 'anything-but': [] }] }],
    ['anything-but of numeric', { source: [{ 'anything-but': { numeric: ['=', 1] } }] }],
    ['anything-but of an empty prefix', { source: [{ 'anything-but': { prefix: '' } }] }],
    ['two * in a row', { source: [{ wildcard: 'a**b' }] }],
    ['a bad escape', { source: [{ wildcard: 'a\\b' }] }],
    ['$or of one', { $or: [{ source: ['a'] }] }],
    ['$or of values', { $or: ['a', 'b'] }],
    [
      'too many combinations',
      {
        $or: Array.from({ length: 40 }, () => ({ a: ['x'] })),
        b: { $or: Array.from({ length: 40 }, () => ({ a: ['x'] })) },
      },
    ],
    ['a pattern that is too long', { source: ['x'.repeat(5000)] }],
  ];
  it.each(refused)('refuses %s', (_what, pattern) => {
    expect(() => validatePattern(pattern)).toThrow(InvalidEventPatternError);
  });

  it('names the field', () => {
    expect(() => validatePattern({ detail: { state: [{ like: 'x' }] } })).toThrow(
      'detail.state: there is no operator "like"',
    );
  });
});

describe('event patterns, generally', () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const scalar = fc.oneof(fc.constantFrom('x', 'y', 'xy', ''), fc.integer({ min: 0, max: 3 }), fc.boolean());
  const flatEvent = fc.dictionary(key, scalar, { minKeys: 1 });

  it('an event matches the pattern of its own values, and of any part of them', () => {
    fc.assert(
      fc.property(flatEvent, fc.func(fc.boolean()), (one, keep) => {
        const entries = Object.entries(one);
        const kept = entries.filter(([name], index) => index === 0 || keep(name));
        const pattern = Object.fromEntries(kept.map(([name, value]) => [name, [value]]));
        expect(matchesPattern({ detail: pattern }, { detail: one })).toBe(true);
      }),
    );
  });

  it('anything-but is the opposite of equality for a present text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (value, excluded) => {
        expect(matchesPattern({ k: [{ 'anything-but': excluded }] }, { k: value })).toBe(
          !matchesPattern({ k: [excluded] }, { k: value }),
        );
      }),
    );
  });

  it('exists true and false are opposites on any event', () => {
    fc.assert(
      fc.property(flatEvent, key, (one, name) => {
        expect(matchesPattern({ [name]: [{ exists: true }] }, one)).toBe(
          !matchesPattern({ [name]: [{ exists: false }] }, one),
        );
      }),
    );
  });

  it('$or matches when one of its branches does', () => {
    const branch = fc.tuple(key, scalar).map(([name, value]) => ({ [name]: [value] }));
    fc.assert(
      fc.property(fc.array(branch, { minLength: 2, maxLength: 4 }), flatEvent, (branches, one) => {
        expect(matchesPattern({ $or: branches }, one)).toBe(branches.some((b) => matchesPattern(b, one)));
      }),
    );
  });

  it('numeric ranges agree with comparison', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (a, b, value) => {
        fc.pre(a < b && Math.max(Math.abs(a), Math.abs(b)) <= 5e9);
        expect(matchesPattern({ k: [{ numeric: ['>=', a, '<', b] }] }, { k: value })).toBe(
          value >= a && value < b,
        );
      }),
    );
  });
});

describe('event source filters', () => {
  it('sees a JSON body as an object', () => {
    const filter = compileFilter(['{"body":{"kind":["a"]}}', '{"body":{"kind":["b"]}}'], 'sqs');
    expect(filter({ body: '{"kind":"b"}' })).toBe(true);
    expect(filter({ body: '{"kind":"c"}' })).toBe(false);
    expect(filter({ body: 'b' })).toBe(false);
  });

  it('sees a text body as text', () => {
    const filter = compileFilter(['{"body":["go"]}'], 'sqs');
    expect(filter({ body: 'go' })).toBe(true);
    expect(filter({ body: '{"go":1}' })).toBe(false);
  });

  it('understands alternatives on the body', () => {
    const filter = compileFilter(['{"$or":[{"body":{"a":[1]}},{"body":{"b":[1]}}]}'], 'sqs');
    expect(filter({ body: '{"b":1}' })).toBe(true);
    expect(filter({ body: '{"b":2}' })).toBe(false);
  });

  it('sees a stream record as it is', () => {
    const filter = compileFilter(
      ['{"eventName":["INSERT"],"dynamodb":{"NewImage":{"type":{"S":[{"prefix":"ord"}]}}}}'],
      'dynamodb',
    );
    expect(filter({ eventName: 'INSERT', dynamodb: { NewImage: { type: { S: 'order' } } } })).toBe(true);
    expect(filter({ eventName: 'MODIFY', dynamodb: { NewImage: { type: { S: 'order' } } } })).toBe(false);
  });

  it('lets everything pass without filters, and refuses too many or bad ones', () => {
    expect(compileFilter([], 'sqs')({ body: 'x' })).toBe(true);
    expect(() => compileFilter(Array(11).fill('{"a":["b"]}'), 'sqs')).toThrow(InvalidEventPatternError);
    expect(() => compileFilter(['{"a":"b"}'], 'dynamodb')).toThrow(InvalidEventPatternError);
  });
});

describe('inputs of targets', () => {
  it.each([
    ['$', event],
    ['$.detail.inner.deep', 'value'],
    ["$['detail-type']", 'Thing happened'],
    ['$.detail-type', 'Thing happened'],
    ['$.detail.items[1].colour', 'blue'],
    ['$.detail.nope.deeper', undefined],
    ['$.detail.state.length', undefined],
  ])('path %s', (path, expected) => {
    expect(inputPath(path, event)).toEqual(expected);
  });

  it.each(['detail', '$.', '$..id', '$.items[*]', '$.items[?(@.id)]', ''])('refuses path %j', (path) => {
    expect(() => inputPath(path, event)).toThrow(InvalidInputTransformerError);
  });

  it.each([
    ['{"s":<state>,"n":<count>,"o":<inner>}', { s: 'RUNNING', n: 5, o: { deep: 'value' } }],
    ['{"t":"it is <state>, <count> times"}', { t: 'it is RUNNING, 5 times' }],
    ['"plain <state>"', 'plain RUNNING'],
    ['{"t":"<inner>"}', { t: '{deep:value}' }],
    ['{"t":"a \\" <state>"}', { t: 'a " RUNNING' }],
    ['{"m":<missing>,"t":"<missing>"}', { m: '', t: '' }],
    ['not json <count>', 'not json 5'],
    ['{"r":<aws.events.rule-name>,"e":<aws.events.event>}', { r: 'rule', e: { source: 's' } }],
    [
      '{"e":<aws.events.event.json>}',
      { e: { source: 's', detail: { state: 'RUNNING', count: 5, inner: { deep: 'value' } } } },
    ],
  ])('template %s', (inputTemplate, expected) => {
    const inputPathsMap = {
      state: '$.detail.state',
      count: '$.detail.count',
      inner: '$.detail.inner',
      missing: '$.detail.missing',
    };
    const small = { source: 's', detail: { state: 'RUNNING', count: 5, inner: { deep: 'value' } } };
    expect(inputTransformer({ inputPathsMap, inputTemplate }, small, { ruleName: 'rule' })).toEqual(expected);
  });

  it('keeps any text whole inside quotes', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const transformer = { inputPathsMap: { x: '$.x' }, inputTemplate: '{"t":"<x>"}' };
        expect(inputTransformer(transformer, { x: text })).toEqual({ t: text });
      }),
    );
  });

  it('refuses unknown variables, reserved names and templates that are too long', () => {
    expect(() => inputTransformer({ inputTemplate: '{"a":<nobody>}' }, {})).toThrow('no variable <nobody>');
    expect(() => inputTransformer({ inputPathsMap: { 'aws.x': '$' }, inputTemplate: '"x"' }, {})).toThrow(
      InvalidInputTransformerError,
    );
    expect(() => inputTransformer({ inputTemplate: 'x'.repeat(9000) }, {})).toThrow('longer than 8192');
  });
});

describe('schedules', () => {
  const next = (expression: string, from: string, zone?: string) => {
    const due = parseSchedule(expression).nextAfter(Date.parse(from), zone);
    return due === undefined ? undefined : new Date(due).toISOString().replace('.000Z', 'Z');
  };

  it.each([
    ['rate(1 minute)', '2026-01-01T00:00:30Z', '2026-01-01T00:01:30Z'],
    ['rate(5 minutes)', '2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z'],
    ['rate(2 days)', '2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-20T08:00:00Z', '2026-11-23T08:00:00Z'],
    ['cron(0 8 ? * MON-FRI *)', '2026-11-20T07:59:59Z', '2026-11-20T08:00:00Z'],
    ['cron(*/15 * * * ? *)', '2026-01-01T00:01:00Z', '2026-01-01T00:15:00Z'],
    ['cron(5/20 10-11 * * ? *)', '2026-01-01T10:46:00Z', '2026-01-01T11:05:00Z'],
    ['cron(0 0 1 JAN,JUL ? *)', '2026-01-02T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['cron(0 0 L * ? *)', '2028-02-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['cron(0 0 29 2 ? *)', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['cron(0 0 15W * ? *)', '2026-08-01T00:00:00Z', '2026-08-14T00:00:00Z'],
    ['cron(0 0 1W * ? *)', '2026-07-31T00:00:00Z', '2026-08-03T00:00:00Z'],
    ['cron(0 0 ? * 6L *)', '2026-11-01T00:00:00Z', '2026-11-27T00:00:00Z'],
    ['cron(0 0 ? * 3#2 *)', '2026-11-01T00:00:00Z', '2026-11-10T00:00:00Z'],
    ['cron(0 0 ? * SAT-SUN *)', '2026-11-23T00:00:00Z', '2026-11-28T00:00:00Z'],
    ['cron(0 0 1 1 ? 2030)', '2026-01-01T00:00:00Z', '2030-01-01T00:00:00Z'],
    ['at(2026-11-23T08:00:00)', '2026-01-01T00:00:00Z', '2026-11-23T08:00:00Z'],
  ])('%s after %s is %s', (expression, from, expected) => {
    expect(next(expression, from)).toBe(expected);
  });

  it('gives nothing when nothing is left', () => {
    expect(next('cron(0 0 1 1 ? 2025)', '2026-01-01T00:00:00Z')).toBeUndefined();
    expect(next('cron(0 0 30 2 ? *)', '2026-01-01T00:00:00Z')).toBeUndefined();
    expect(next('at(2026-11-23T08:00:00)', '2026-11-23T08:00:00Z')).toBeUndefined();
  });

  it('follows local time over changes of the clocks', () => {
    const zone = 'Europe/Copenhagen';
    expect(next('cron(0 8 * * ? *)', '2026-03-28T12:00:00Z', zone)).toBe('2026-03-29T06:00:00Z');
    expect(next('cron(0 8 * * ? *)', '2026-10-24T12:00:00Z', zone)).toBe('2026-10-25T07:00:00Z');
    // 02:30 does not exist on 29 March and comes twice on 25 October.
    expect(next('cron(30 2 * * ? *)', '2026-03-28T12:00:00Z', zone)).toBe('2026-03-30T00:30:00Z');
    expect(next('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', zone)).toBe('2026-10-25T00:30:00Z');
    expect(next('cron(30 2 * * ? *)', '2026-10-25T00:30:00Z', zone)).toBe('2026-10-26T01:30:00Z');
    expect(next('at(2026-11-23T08:00:00)', '2026-01-01T00:00:00Z', zone)).toBe('2026-11-23T07:00:00Z');
    expect(next('cron(0 0 * * ? *)', '2026-01-01T12:00:00Z', 'America/New_York')).toBe(
      '2026-01-02T05:00:00Z',
    );
  });

  it('always moves forward, to a time that the expression names', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020), max: Date.UTC(2040) }),
        fc.integer({ min: 0, max: 59 }),
        fc.integer({ min: 0, max: 23 }),
        (from, minutes, hours) => {
          const due = parseSchedule(`cron(${minutes} ${hours} * * ? *)`).nextAfter(from) ?? 0;
          expect(due).toBeGreaterThan(from);
          expect(due - from).toBeLessThanOrEqual(24 * 3600_000);
          expect([new Date(due).getUTCHours(), new Date(due).getUTCMinutes()]).toEqual([hours, minutes]);
        },
      ),
    );
  });

  it.each([
    'every day',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(2 minute)',
    'rate(5 seconds)',
    'cron(0 8 * * *)',
    'cron(0 8 * * * *)',
    'cron(0 8 ? * ? *)',
    'cron(60 8 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 8 0 * ? *)',
    'cron(0 8 32W * ? *)',
    'cron(0 8 ? * 8 *)',
    'cron(0 8 ? * MON#6 *)',
    'cron(0 8 * FOO ? *)',
    'cron(*/0 8 * * ? *)',
    'cron(1-2-3 8 * * ? *)',
    'cron(0 8 * * ? 1969)',
    'at(2026-02-30T00:00:00)',
    'at(tomorrow)',
  ])('refuses %s', (expression) => {
    expect(() => parseSchedule(expression)).toThrow(InvalidScheduleError);
  });

  it('refuses a time zone that does not exist', () => {
    expect(() => parseSchedule('cron(0 8 * * ? *)').nextAfter(0, 'Mars/Olympus')).toThrow(
      InvalidScheduleError,
    );
  });
});
