import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ManualClock } from '#local/clock.ts';

test('timers run in order of their time, then in the order in which they were set, and not when cancelled', async () => {
  const timers = fc.array(fc.record({ due: fc.integer({ min: 0, max: 20 }), cancelled: fc.boolean() }));
  await fc.assert(
    fc.asyncProperty(timers, fc.integer({ min: 0, max: 25 }), async (planned, until) => {
      const clock = new ManualClock(0);
      const ran: { index: number; at: number }[] = [];
      const set = planned.map(({ due }, index) =>
        clock.schedule(due, () => ran.push({ index, at: clock.now() })),
      );
      planned.forEach(({ cancelled }, index) => {
        if (cancelled) set[index]?.cancel();
      });
      await clock.advanceTo(until);
      const expected = planned
        .map(({ due, cancelled }, index) => ({ index, at: due, cancelled }))
        .filter(({ at, cancelled }) => !cancelled && at <= until)
        .sort((a, b) => a.at - b.at || a.index - b.index)
        .map(({ index, at }) => ({ index, at }));
      expect(ran).toEqual(expected);
      expect(clock.now()).toBe(until);
    }),
  );
});

test('a timer that sets another lets it run in the same move, with what it set off settled in between', async () => {
  const clock = new ManualClock(1000);
  const seen: string[] = [];
  clock.schedule(2000, () => {
    seen.push(`first ${clock.now()}`);
    clock.schedule(2500, () => seen.push(`second ${clock.now()}`));
  });
  await clock.advanceTo(3000, async () => void seen.push('settled'));
  expect(seen).toEqual(['settled', 'first 2000', 'settled', 'second 2500', 'settled']);
  expect(clock.nextDue()).toBeUndefined();
});

test('timers of one instant run together; what they set off is settled before time goes on', async () => {
  const clock = new ManualClock(1000);
  const seen: string[] = [];
  const note = (text: string) => () => void seen.push(text);
  clock.schedule(2000, () => {
    seen.push('first');
    clock.schedule(2000, note('set by the first'));
    third.cancel();
  });
  clock.schedule(2000, note('second'));
  const third = clock.schedule(2000, note('cancelled by the first'));
  clock.schedule(2001, note('later'));
  await clock.advanceTo(3000, async () => void seen.push('settled'));
  expect(seen).toEqual([
    'settled',
    'first',
    'second',
    'settled',
    'set by the first',
    'settled',
    'later',
    'settled',
  ]);
});
