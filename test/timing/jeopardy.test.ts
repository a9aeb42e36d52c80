import { describe, expect, it } from 'vitest';
import { assess, LEVELS, nextCheck, priorityOf } from '#shared/timing/jeopardy.ts';
import type { StepUnderWay } from '#shared/timing/projection.ts';

/** A Wednesday; the promise is for the end of the Friday. */
const NOW = new Date('2026-06-17T10:00:00.000Z');
const PROMISE = '2026-06-19T21:59:59.999Z';
const at = (text: string) => new Date(text);
const step = (warnAt: string, dueAt: string): StepUnderWay => ({
  suborder: '01',
  step: 'pick',
  warnAt: at(warnAt),
  dueAt: at(dueAt),
});
const onTime = step('2026-06-17T11:00:00.000Z', '2026-06-17T12:00:00.000Z');
const slow = step('2026-06-17T09:00:00.000Z', '2026-06-17T12:00:00.000Z');
const late = step('2026-06-17T08:00:00.000Z', '2026-06-17T09:00:00.000Z');

const assessed = (end: string, underWay: StepUnderWay[] = [], before = {}) =>
  assess({ end: at(end), underWay }, PROMISE, before, NOW);
const IN_TIME = '2026-06-19T10:00:00.000Z';
const NEXT_WORKING_DAY = '2026-06-22T10:00:00.000Z';
const LATER = '2026-06-23T10:00:00.000Z';

describe('how much an order is at risk', () => {
  it('is not kept while there is no risk', () => {
    expect(assessed(IN_TIME, [onTime])).toEqual({ expectedCompletionDate: IN_TIME });
  });

  it('keeps the expected date when that moves by less than a quarter of an hour', () => {
    const before = { expectedCompletionDate: IN_TIME };
    const expected = (end: string) => assessed(end, [], before).expectedCompletionDate;
    expect(expected('2026-06-19T10:14:59.999Z')).toBe(IN_TIME);
    expect(expected('2026-06-19T09:45:00.001Z')).toBe(IN_TIME);
    expect(expected('2026-06-19T10:15:00.000Z')).toBe('2026-06-19T10:15:00.000Z');
    expect(expected('2026-06-19T09:45:00.000Z')).toBe('2026-06-19T09:45:00.000Z');
  });

  it('is yellow when a step has taken four fifths of its time', () => {
    expect(assessed(IN_TIME, [slow]).jeopardy).toEqual({
      level: 'yellow',
      alerts: [{ level: 'yellow', suborder: '01', step: 'pick', since: NOW.toISOString() }],
    });
  });

  it('is red when a step takes longer than usual; nobody is told while the date holds', () => {
    const { jeopardy, toldDate } = assessed(IN_TIME, [onTime, late]);
    expect(jeopardy).toMatchObject({ level: 'red', alerts: [{ step: 'pick' }] });
    expect(toldDate).toBeUndefined();
  });

  it('is yellow when it will be late by a working day at most, over a weekend too', () => {
    expect(assessed(NEXT_WORKING_DAY)).toMatchObject({
      jeopardy: { level: 'yellow', alerts: [{ level: 'yellow' }] },
    });
    expect(assessed(NEXT_WORKING_DAY).toldDate).toBeUndefined();
  });

  it('is red when it will be later, and the customer is told the date', () => {
    expect(assessed(LATER)).toMatchObject({ jeopardy: { level: 'red' }, toldDate: LATER });
  });

  it('is told again only when it is twice as late, and by more than a working day', () => {
    const told = (toldDate: string, end: string) => assessed(end, [], { toldDate }).toldDate;
    // Half a day late, then more than a working day later.
    const soon = '2026-06-20T10:00:00.000Z';
    expect(told(soon, '2026-06-22T21:00:00.000Z')).toBe(soon);
    expect(told(soon, '2026-06-23T11:00:00.000Z')).toBe('2026-06-23T11:00:00.000Z');
    // Three and a half days late, then seven.
    expect(told(LATER, '2026-06-26T21:00:00.000Z')).toBe(LATER);
    expect(told(LATER, '2026-06-26T23:00:00.000Z')).toBe('2026-06-26T23:00:00.000Z');
    expect(told(LATER, IN_TIME)).toBe(LATER);
  });

  it('keeps since when each reason is there', () => {
    const since = '2026-06-17T09:30:00.000Z';
    const before = {
      jeopardy: {
        level: 'yellow' as const,
        alerts: [{ level: 'yellow' as const, suborder: '01', step: 'pick', since }],
      },
    };
    expect(assessed(IN_TIME, [slow], before).jeopardy?.alerts).toMatchObject([{ since }]);
    expect(assessed(IN_TIME, [late], before).jeopardy?.alerts).toMatchObject([{ since: NOW.toISOString() }]);
    expect(assessed(IN_TIME, [], before).jeopardy).toEqual({ level: 'none', alerts: [] });
  });

  it('raises the priority of its work', () => {
    expect([undefined, ...LEVELS].map(priorityOf)).toEqual([0, 0, 1, 2]);
  });
});

describe('the next look at an order', () => {
  const next = (end: string, ...underWay: StepUnderWay[]) =>
    nextCheck({ end: at(end), underWay }, PROMISE, {}, NOW)?.toISOString();

  it('is when a step becomes slow, then when it becomes late', () => {
    expect(next(IN_TIME, onTime)).toBe('2026-06-17T11:00:00.000Z');
    expect(next(IN_TIME, slow)).toBe('2026-06-17T12:00:00.000Z');
  });

  it('is when the promise may be broken while a step is late', () => {
    expect(next('2026-06-18T10:00:00.000Z', late)).toBe('2026-06-18T21:59:59.999Z');
    expect(next('2026-06-19T20:00:00.000Z', late)).toBe('2026-06-17T11:59:59.999Z');
    expect(next('2026-06-19T21:59:00.000Z', late)).toBe('2026-06-17T11:00:00.000Z');
  });

  it('is when the customer may have to be told again', () => {
    const later = nextCheck({ end: at(LATER), underWay: [late] }, PROMISE, { toldDate: LATER }, NOW);
    expect(later?.toISOString()).toBe('2026-06-20T22:00:00.001Z');
  });

  it('is a week later while a step is late and there is nothing new to say', () => {
    const later = nextCheck({ end: at(IN_TIME), underWay: [late] }, undefined, {}, NOW);
    expect(later).toEqual(at('2026-06-24T10:00:00.000Z'));
    expect(next('2026-08-03T10:00:00.000Z', late)).toBe('2026-06-24T10:00:00.000Z');
  });

  it('is not needed when nothing can become late by itself', () => {
    expect(next(IN_TIME)).toBeUndefined();
  });
});
