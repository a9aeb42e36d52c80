import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  calendarDate,
  holidays,
  instantOf,
  isWorkingDay,
  workingDaysEarlier,
} from '#shared/domain/calendar.ts';

/** Danish public holidays on moving dates, from the almanac: Maundy Thursday to Whit Monday. */
const MOVING: Record<number, readonly string[]> = {
  2023: ['04-06', '04-07', '04-09', '04-10', '05-05', '05-18', '05-28', '05-29'],
  2024: ['03-28', '03-29', '03-31', '04-01', '05-09', '05-19', '05-20'],
  2025: ['04-17', '04-18', '04-20', '04-21', '05-29', '06-08', '06-09'],
  2026: ['04-02', '04-03', '04-05', '04-06', '05-14', '05-24', '05-25'],
  2027: ['03-25', '03-26', '03-28', '03-29', '05-06', '05-16', '05-17'],
  2028: ['04-13', '04-14', '04-16', '04-17', '05-25', '06-04', '06-05'],
  2029: ['03-29', '03-30', '04-01', '04-02', '05-10', '05-20', '05-21'],
  2030: ['04-18', '04-19', '04-21', '04-22', '05-30', '06-09', '06-10'],
};

describe('Danish public holidays', () => {
  it.each(Object.entries(MOVING))('of %s', (year, moving) => {
    const all = [...moving, '01-01', '12-25', '12-26'].map((day) => `${year}-${day}`);
    expect([...holidays(Number(year))].sort()).toEqual(all.sort());
  });

  it('have no Great Prayer Day since 2024', () => {
    expect(isWorkingDay('2023-05-05')).toBe(false);
    expect(isWorkingDay('2024-04-26')).toBe(true);
  });
});

describe('working days', () => {
  it('are Monday to Friday', () => {
    const week = [
      '2026-06-15',
      '2026-06-16',
      '2026-06-17',
      '2026-06-18',
      '2026-06-19',
      '2026-06-20',
      '2026-06-21',
    ];
    expect(week.map(isWorkingDay)).toEqual([true, true, true, true, true, false, false]);
  });

  it('include days on which shops close but nobody has a public holiday', () => {
    expect(isWorkingDay('2026-06-05')).toBe(true);
    expect(isWorkingDay('2026-12-24')).toBe(true);
    expect(isWorkingDay('2026-12-31')).toBe(true);
  });
});

describe('the calendar date', () => {
  it.each([
    ['2026-01-31T22:59:59Z', '2026-01-31'],
    ['2026-01-31T23:00:00Z', '2026-02-01'],
    ['2026-07-31T21:59:59Z', '2026-07-31'],
    ['2026-07-31T22:00:00Z', '2026-08-01'],
  ])('at %s is %s in Copenhagen', (instant, date) => {
    expect(calendarDate(new Date(instant))).toBe(date);
  });
});

describe('some working days earlier', () => {
  const earlier = (instant: string, days: number) =>
    workingDaysEarlier(new Date(instant), days).toISOString();

  it.each([
    ['none: the same instant', '2026-06-17T10:00:00Z', 0, '2026-06-17T10:00:00.000Z'],
    ['within a week', '2026-06-19T10:00:00Z', 3, '2026-06-16T10:00:00.000Z'],
    ['over a weekend', '2026-06-16T10:00:00Z', 3, '2026-06-11T10:00:00.000Z'],
    ['from a Sunday', '2026-06-21T10:00:00Z', 1, '2026-06-19T10:00:00.000Z'],
    ['over Easter, into winter time', '2026-04-08T10:00:00Z', 3, '2026-03-31T10:00:00.000Z'],
    ['over Christmas and New Year', '2027-01-04T11:00:00Z', 5, '2026-12-24T11:00:00.000Z'],
  ])('%s', (_what, instant, days, expected) => {
    expect(earlier(instant, days)).toBe(expected);
  });

  it('is the same time on the clock when summer time began between', () => {
    expect(earlier('2026-03-30T08:00:00+02:00', 1)).toBe('2026-03-27T07:00:00.000Z');
  });

  it('is the same time on the clock when summer time ended between', () => {
    expect(earlier('2026-10-26T08:00:00+01:00', 1)).toBe('2026-10-23T06:00:00.000Z');
  });

  it('loses no day around midnight when summer time began between', () => {
    expect(earlier('2026-03-30T00:30:00+02:00', 1)).toBe('2026-03-26T23:30:00.000Z');
    expect(earlier('2026-10-26T23:30:00+01:00', 1)).toBe('2026-10-23T21:30:00.000Z');
  });

  const instants = fc.date({
    min: new Date('2024-01-01T00:00:00Z'),
    max: new Date('2030-12-31T00:00:00Z'),
    noInvalidDate: true,
  });
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Copenhagen', timeStyle: 'medium' });

  it('always is a working day, that many of them before, at the same time on the clock', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 30 }), (instant, days) => {
        const found = workingDaysEarlier(instant, days);
        let between = 0;
        for (let date = calendarDate(found); date < calendarDate(instant); date = next(date))
          if (isWorkingDay(date)) between++;
        expect(isWorkingDay(calendarDate(found))).toBe(true);
        expect(between).toBe(days);
        // Between two and three in the night of the change a time on the clock can be missing.
        if (!clock.format(instant).startsWith('02')) expect(clock.format(found)).toBe(clock.format(instant));
      }),
      { numRuns: 500 },
    );
  });

  const next = (date: string) =>
    new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
});

describe('the instant that a text means', () => {
  it.each([
    ['2026-12-01', '2026-11-30T23:00:00.000Z'],
    ['2026-07-01T08:00', '2026-07-01T06:00:00.000Z'],
    ['2026-12-01T08:00:30', '2026-12-01T07:00:30.000Z'],
    ['2026-12-01T08:00/2026-12-01T10:00', '2026-12-01T07:00:00.000Z'],
    ['2026-12-01T08:00:00Z', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T08:00:00+02:00/2026-12-01T10:00:00+02:00', '2026-12-01T06:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(instantOf(text)?.toISOString()).toBe(instant);
  });

  it('is none for a text that is no date', () => {
    for (const text of ['', 'soon', '2026-13-01', '/2026-12-01']) expect(instantOf(text)).toBeUndefined();
  });
});
