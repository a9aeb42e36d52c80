import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Network, TimedStep } from '#shared/timing/network.ts';
import { project, type StepProgress, UNTOUCHED } from '#shared/timing/projection.ts';
import { latestStart } from '#shared/timing/start-date.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;
/** A Wednesday at noon in Copenhagen. */
const NOW = new Date('2026-06-17T10:00:00.000Z');

const step = (id: string, kind: TimedStep['kind'], seconds: number, more: Partial<TimedStep> = {}) => ({
  step: id,
  kind,
  seconds,
  ...more,
});
const standing = (steps: Readonly<Record<string, Partial<StepProgress>>>, ended: string[] = []) => ({
  steps: new Map(
    Object.entries(steps).map(([id, known]): [string, StepProgress] => [
      id,
      { status: 'done', at: NOW.toISOString(), outputs: {}, ...known },
    ]),
  ),
  ended: new Set(ended),
});
const end = (network: Network, steps: Parameters<typeof standing>[0] = {}, now = NOW) =>
  project(network, standing(steps), now).end.toISOString();

/** A line with a visit, and a box that is picked three working days before its date. */
const NETWORK: Network = {
  '01': [step('assign', 'system', 10), step('visit', 'event', 3 * DAY), step('activate', 'system', HOUR)],
  '02': [
    step('pick', 'manual', 4 * HOUR, { gates: [['01.assign']], workingDaysBefore: 3 }),
    step('connect', 'system', HOUR, { gates: [['01.activate']] }),
  ],
};

describe('the projected end', () => {
  it('is that of the longest way through all suborders, in working days where people are at work', () => {
    // Three working days from Wednesday noon are Monday noon; an hour to activate, an hour to connect.
    expect(end(NETWORK)).toBe('2026-06-22T12:00:10.000Z');
  });

  it('counts what is done as it was, and what is left from then on', () => {
    const done = { '01.assign': {}, '01.visit': { at: '2026-06-17T09:00:00.000Z' } };
    expect(end(NETWORK, { ...done, '02.pick': {} })).toBe('2026-06-17T11:00:00.000Z');
  });

  it('expects now what is late', () => {
    const late = {
      '01.assign': {},
      '01.visit': { status: 'waiting', at: '2026-06-01T09:00:00.000Z' },
    } as const;
    expect(end(NETWORK, { ...late, '02.pick': {} })).toBe('2026-06-17T12:00:00.000Z');
  });

  it('takes a booked date as it is', () => {
    const booked = {
      '01.assign': { outputs: { slot: '2026-07-01T08:00/2026-07-01T10:00' } },
      '01.visit': { status: 'waiting' },
    } as const;
    expect(end(NETWORK, { ...booked, '02.pick': {} })).toBe('2026-07-01T10:00:00.000Z');
  });

  it('opens a gate some working days before a confirmed date', () => {
    const confirmed = { '01.assign': { outputs: { confirmedDate: '2026-07-01T10:00:00.000Z' } } };
    const network = { ...NETWORK, '02': NETWORK['02']?.slice(0, 1) ?? [] };
    const { underWay } = project(network, standing(confirmed, ['01']), NOW);
    expect(underWay).toEqual([]);
    expect(project(network, standing(confirmed, ['01']), NOW).end.toISOString()).toBe(
      '2026-06-26T14:00:00.000Z',
    );
  });

  it('expects nothing of a suborder that is being cancelled', () => {
    expect(project(NETWORK, standing({}, ['01', '02']), NOW).end).toEqual(NOW);
  });

  it('adds the repair of a step that failed', () => {
    const failed = { '01.assign': {}, '01.visit': {}, '01.activate': { status: 'fallout' } } as const;
    expect(end({ '01': NETWORK['01'] ?? [] }, failed)).toBe('2026-06-17T15:00:00.000Z');
  });

  it('does not move while nothing is late, and never goes back', () => {
    const hours = fc.integer({ min: 0, max: 2000 });
    fc.assert(
      fc.property(hours, hours, (a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const at = (hour: number) => new Date(NOW.getTime() + hour * HOUR * 1000);
        const waiting = standing({ '01.assign': {}, '01.visit': { status: 'waiting' }, '02.pick': {} });
        const [before, after] = [project(NETWORK, waiting, at(early)), project(NETWORK, waiting, at(late))];
        expect(after.end.getTime()).toBeGreaterThanOrEqual(before.end.getTime());
        if (at(late) <= (before.underWay[0]?.dueAt ?? NOW)) expect(after.end).toEqual(before.end);
      }),
    );
  });
});

describe('a step under way', () => {
  const underWay = (more: Partial<StepProgress>, assign: Partial<StepProgress> = {}) =>
    project(NETWORK, standing({ '01.assign': assign, '01.visit': { status: 'waiting', ...more } }), NOW)
      .underWay;

  it('is due when it usually is done, with a warning at four fifths', () => {
    expect(underWay({})).toEqual([
      {
        suborder: '01',
        step: 'visit',
        warnAt: new Date('2026-06-19T19:36:00.000Z'),
        dueAt: new Date('2026-06-22T10:00:00.000Z'),
      },
    ]);
  });

  it('is due on the date that it is booked for', () => {
    expect(underWay({}, { outputs: { slot: '2026-06-27T10:00:00Z' } })).toMatchObject([
      { warnAt: new Date('2026-06-25T10:00:00.000Z'), dueAt: new Date('2026-06-27T10:00:00.000Z') },
    ]);
  });
});

describe('the start of an order for later', () => {
  const date = new Date('2026-09-01T10:00:00.000Z');

  it('is the latest from which it is ready in time', () => {
    const start = latestStart(NETWORK, [], date, NOW);
    expect(start?.toISOString()).toBe('2026-08-27T07:59:00.000Z');
    expect(project(NETWORK, { ...UNTOUCHED, startsAt: start }, start ?? NOW).end <= date).toBe(true);
  });

  it('leaves each flow the time that it usually takes as a whole', () => {
    const flow = { seconds: 10 * DAY, onWorkingDays: true };
    expect(latestStart(NETWORK, [flow], date, NOW)?.toISOString()).toBe('2026-08-18T10:00:00.000Z');
  });

  it('is at once when there is no time to lose', () => {
    expect(latestStart(NETWORK, [], new Date('2026-06-22T11:00:00Z'), NOW)).toBeUndefined();
    expect(latestStart(NETWORK, [], new Date('2026-06-01T10:00:00Z'), NOW)).toBeUndefined();
  });

  it('does not count what waits for the very date', () => {
    const timed = {
      '01': [step('due', 'timer', DAY, { until: date.toISOString() }), step('stop', 'system', 60)],
    };
    expect(latestStart(timed, [], date, NOW)?.toISOString()).toBe('2026-09-01T09:59:00.000Z');
  });
});
