import { describe, expect, it } from 'vitest';
import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import { ALL_TASKS } from '#shared/tasks/registry.ts';
import { FLOWS } from '#state-machines/catalogue.ts';

describe('a duration', () => {
  it.each<[IsoDuration, number]>([
    ['PT1S', 1],
    ['PT90S', 90],
    ['PT1M', 60],
    ['PT4H', 14_400],
    ['P1D', 86_400],
    ['P2W', 1_209_600],
    ['P1DT12H', 129_600],
    ['P1W2DT3H4M5S', 788_645],
    ['PT0S', 0],
  ])('%s is %i seconds', (duration, seconds) => {
    expect(durationSeconds(duration)).toBe(seconds);
  });

  it.each<IsoDuration>(['P', 'PT', 'P1DT', 'P1M', 'P1Y', 'P-1D', 'PT1.5S', 'P1H', 'P1D2W', 'P1D '])(
    '%s is refused',
    (duration) => {
      expect(() => durationSeconds(duration)).toThrow(RangeError);
    },
  );

  it('of every task and flow can be read', () => {
    for (const { expected, timeLimit } of ALL_TASKS) {
      expect(durationSeconds(timeLimit)).toBeGreaterThan(0);
      expect(durationSeconds(expected)).toBeGreaterThan(0);
    }
    for (const { expected } of FLOWS) expect(durationSeconds(expected)).toBeGreaterThan(0);
  });
});
