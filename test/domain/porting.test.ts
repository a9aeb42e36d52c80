import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atHour, calendarDate, isWorkingDay } from '#shared/domain/calendar.ts';
import {
  delayCompensation,
  earliestPortDate,
  latestBulkChange,
  leavingDate,
  nextPortMoment,
  portDateFor,
  portDeadline,
  portWindow,
  serviceWindowEnd,
} from '#shared/domain/porting.ts';

const at = (text: string): Date => new Date(text);
const anyTime = fc.date({
  min: at('2024-01-01T00:00:00Z'),
  max: at('2031-01-01T00:00:00Z'),
  noInvalidDate: true,
});

describe('the earliest port date', () => {
  it.each([
    ['before the cut-off is the next working day', '2026-06-16T15:59:59+02:00', '2026-06-17'],
    ['at the cut-off is the working day after', '2026-06-16T16:00:00+02:00', '2026-06-18'],
    ['on Friday before the cut-off is Monday', '2026-06-19T10:00:00+02:00', '2026-06-22'],
    ['on Friday after the cut-off is Tuesday', '2026-06-19T17:00:00+02:00', '2026-06-23'],
    ['on a day off counts as received on the next working day', '2026-06-20T10:00:00+02:00', '2026-06-23'],
    ['before Easter skips it all', '2026-04-01T12:00:00+02:00', '2026-04-07'],
    ['late before Easter is the Wednesday after', '2026-04-01T16:30:00+02:00', '2026-04-08'],
    ['on Christmas Eve comes after Christmas and the weekend', '2026-12-24T12:00:00+01:00', '2026-12-28'],
    ['on Christmas Day', '2026-12-25T12:00:00+01:00', '2026-12-29'],
    ['on New Year’s Eve is the next year', '2026-12-31T12:00:00+01:00', '2027-01-04'],
    ['uses the clock of the winter', '2026-03-27T14:59:59Z', '2026-03-30'],
    ['uses the clock of the summer', '2026-03-30T13:59:59Z', '2026-03-31'],
    ['uses the clock of the summer after its cut-off', '2026-03-30T14:00:00Z', '2026-04-01'],
  ])('%s', (_what, requestedAt, date) => {
    expect(earliestPortDate(at(requestedAt))).toBe(date);
  });

  it('is a working day after the request, and never gets earlier by waiting', () => {
    fc.assert(
      fc.property(anyTime, fc.integer({ min: 0, max: 7 * 24 * 3600 }), (requestedAt, seconds) => {
        const date = earliestPortDate(requestedAt);
        expect(isWorkingDay(date)).toBe(true);
        expect(date > calendarDate(requestedAt)).toBe(true);
        expect(earliestPortDate(new Date(requestedAt.getTime() + seconds * 1000)) >= date).toBe(true);
      }),
    );
  });
});

describe('the port date that is asked for', () => {
  const requestedAt = at('2026-06-16T10:00:00+02:00');

  it.each([
    ['the earliest without a wish', {}, '2026-06-17'],
    ['the earliest when the wish is too early', { wished: '2026-06-16' }, '2026-06-17'],
    ['the wish when it is later', { wished: '2026-07-01' }, '2026-07-01'],
    ['the working day after a wish on a day off', { wished: '2026-06-20T09:00:00+02:00' }, '2026-06-22'],
    ['the day of the wish here, not in UTC', { wished: '2026-06-30T22:30:00Z' }, '2026-07-01'],
    ['after the date that was refused', { refused: '2026-06-17' }, '2026-06-18'],
    ['after the wish that was refused', { wished: '2026-07-01', refused: '2026-07-03' }, '2026-07-06'],
    ['when a card that is sent should have come', { cardIsSent: true }, '2026-06-19'],
    ['the wish when the card comes before', { cardIsSent: true, wished: '2026-07-01' }, '2026-07-01'],
    ['today when the number left by mistake', { urgent: true, wished: '2026-07-01' }, '2026-06-16'],
  ])('is %s', (_what, wish, date) => {
    expect(portDateFor({ requestedAt, ...wish })).toBe(date);
  });

  it('is the next working day when the number left by mistake and it is night', () => {
    expect(portDateFor({ requestedAt: at('2026-06-19T23:30:00+02:00'), urgent: true })).toBe('2026-06-22');
  });
});

describe('the deadline of a port', () => {
  it.each([
    ['2026-01-15', '2026-01-15T22:59:59.999Z'],
    ['2026-07-15', '2026-07-15T21:59:59.999Z'],
    ['2026-10-26', '2026-10-26T22:59:59.999Z'],
  ])('of %s is the end of the day', (date, end) => {
    expect(portDeadline(date).toISOString()).toBe(end);
  });
});

describe('the port window', () => {
  it('is from five to eleven, by the clocks of the season', () => {
    expect(portWindow('2026-01-15')).toEqual({
      opens: at('2026-01-15T04:00:00Z'),
      closes: at('2026-01-15T22:00:00Z'),
    });
    expect(portWindow('2026-07-15').opens).toEqual(at('2026-07-15T03:00:00Z'));
  });

  it.each([
    ['open', '2026-06-16T08:00:00+02:00', '2026-06-16T08:00:00+02:00'],
    ['not open yet', '2026-06-16T00:00:00+02:00', '2026-06-16T05:00:00+02:00'],
    ['closed', '2026-06-16T23:00:00+02:00', '2026-06-17T05:00:00+02:00'],
    [
      'closed over the weekend in which the clocks change',
      '2026-03-27T23:30:00+01:00',
      '2026-03-30T05:00:00+02:00',
    ],
    ['closed on a public holiday', '2026-05-14T12:00:00+02:00', '2026-05-15T05:00:00+02:00'],
  ])('when it is %s', (_what, instant, moment) => {
    expect(nextPortMoment(at(instant))).toEqual(at(moment));
  });

  it('is open at the next moment, whenever one asks', () => {
    fc.assert(
      fc.property(anyTime, (instant) => {
        const moment = nextPortMoment(instant);
        const date = calendarDate(moment);
        expect(moment >= instant && isWorkingDay(date)).toBe(true);
        expect(moment >= atHour(date, 5) && moment < atHour(date, 23)).toBe(true);
      }),
    );
  });
});

describe('the compensation for a late port', () => {
  const portBy = portDeadline('2026-06-17');

  it.each([
    ['nothing in time', '2026-06-17T22:00:00+02:00', 0],
    ['one day as soon as the next has begun', '2026-06-18T00:00:01+02:00', 100],
    ['three days', '2026-06-20T09:00:00+02:00', 300],
    ['no more than the most', '2026-09-01T09:00:00+02:00', 3000],
  ])('is %s', (_what, portedAt, amount) => {
    expect(delayCompensation(portBy, at(portedAt))).toBe(amount);
  });

  it('counts days of the calendar when the clocks change', () => {
    expect(delayCompensation(portDeadline('2026-10-23'), at('2026-10-26T05:00:00+01:00'))).toBe(300);
  });

  it('is paid for the day when the promise was an hour of it', () => {
    expect(delayCompensation(at('2026-06-17T12:00:00Z'), at('2026-06-17T15:00:00Z'))).toBe(100);
  });
});

describe('the day on which a number leaves', () => {
  const receivedAt = at('2026-06-16T17:00:00+02:00');

  it.each([
    ['exactly the one asked for', '2026-06-24', '2026-06-24'],
    ['the next working day when that is asked for', '2026-06-17T00:00:00+02:00', '2026-06-17'],
    ['none on a day off', '2026-06-20', undefined],
    ['none on the day of the request', '2026-06-16', undefined],
    ['none for a text that is no date', 'soon', undefined],
    ['the first possible without a date', undefined, '2026-06-18'],
  ])('is %s', (_what, asked, date) => {
    expect(leavingDate(receivedAt, asked)).toBe(date);
  });
});

describe('a service window for many numbers', () => {
  it.each([
    ['on a working day until 23:00', '2026-06-16T05:00:00+02:00', '2026-06-16T23:00:00+02:00'],
    ['on Friday until 23:00', '2026-06-19T22:00:00+02:00', '2026-06-19T23:00:00+02:00'],
    [
      'on Saturday round the clock until Sunday 23:00',
      '2026-06-20T01:00:00+02:00',
      '2026-06-21T23:00:00+02:00',
    ],
    ['at Easter until 23:00 on Monday', '2026-04-02T00:00:00+02:00', '2026-04-06T23:00:00+02:00'],
  ])('lasts %s', (_what, start, end) => {
    expect(serviceWindowEnd(at(start))).toEqual(at(end));
  });

  it.each(['2026-06-16T04:59:00+02:00', '2026-06-16T23:00:00+02:00', '2026-06-21T23:30:00+02:00'])(
    'cannot begin at %s',
    (start) => {
      expect(serviceWindowEnd(at(start))).toBeUndefined();
    },
  );
});

describe('the latest moment for a change of many numbers', () => {
  const opens = at('2026-06-16T05:00:00+02:00');

  it.each([
    ['as long before the end as it takes', 3_000, '2026-06-16T20:00:00+02:00'],
    ['a quarter of an hour after the beginning at least', 17_750, '2026-06-16T05:15:00+02:00'],
  ])('is %s', (_what, numbers, latest) => {
    expect(latestBulkChange(opens, numbers)).toEqual(at(latest));
  });

  it.each([
    ['so many numbers do not fit', opens, 17_751],
    ['no window begins then', at('2026-06-16T23:30:00+02:00'), 1],
  ])('is none when %s', (_what, start, numbers) => {
    expect(latestBulkChange(start, numbers)).toBeUndefined();
  });
});
