import { expect, test } from 'vitest';
import { placeOf, placesOf } from '#local/faults/fault-place.ts';
import { Faults, usualFaults } from '#local/faults/faults.ts';

const places = (count: number) => Array.from({ length: count }, (_, index) => `place ${index}`);
const target = (place: string) => ({ resource: 'pack', places: [place] });

/** Which of the places are struck at first. */
function struck(seed: number, order: readonly string[], probability = 0.3): string[] {
  const faults = new Faults();
  faults.replace({ seed, rules: [{ kind: 'kill', probability }] });
  return order.filter((place) => faults.strikes('kill', target(place))).sort();
}

test('nothing strikes without a plan, and only what the plan names', () => {
  const faults = new Faults();
  expect(faults.strikes('kill', target('a'))).toBe(false);
  faults.replace({ rules: [{ kind: 'throttle', probability: 1, resource: 'pack', spareApi: true }] });
  expect(faults.strikes('kill', target('a'))).toBe(false);
  expect(faults.strikes('throttle', { resource: 'ship', places: ['a'] })).toBe(false);
  expect(faults.strikes('throttle', { ...target('a'), isApi: true })).toBe(false);
  expect(faults.strikes('throttle', target('a'))).toBe(true);
  expect(faults.log()).toEqual([{ kind: 'throttle', resource: 'pack', place: 'a' }]);
});

test('the same seed strikes the same places, in whatever order they come; another seed strikes others', () => {
  const all = places(200);
  const first = struck(1, all);
  expect(struck(1, all.toReversed())).toEqual(first);
  expect(struck(2, all)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(30);
  expect(first.length).toBeLessThan(90);
});

test('a place that was spared is spared from then on', () => {
  const faults = new Faults();
  faults.replace({ rules: [{ kind: 'kill', probability: 0.5 }] });
  for (const place of places(50)) {
    while (faults.strikes('kill', target(place)));
    expect(faults.strikes('kill', target(place))).toBe(false);
  }
});

test('what befalls a record does not depend on the batch that it comes in', () => {
  const all = places(60);
  const faults = new Faults();
  faults.replace({ seed: 1, rules: [{ kind: 'kill', probability: 0.3 }] });
  faults.strikes('kill', { resource: 'pack', places: all });
  expect(
    faults
      .log()
      .map(({ place }) => place)
      .sort(),
  ).toEqual(struck(1, all));
});

test('a place has one name in all runs, and records are known by body or keys', () => {
  const order = (number: string, at: string, token: string) => ({
    order: `${number}-03`,
    step: 'ship',
    at,
    token,
  });
  const one = order('YQ5QP58Z8T', '2026-11-24T08:00:00.000Z', `${'Ab3/'.repeat(20)}==`);
  const other = order('0123456789', '2027-01-02T09:10:11.123Z', `${'9xY+'.repeat(30)}=`);
  expect(placeOf(one)).toBe(placeOf(other));
  expect(placeOf({ ...one, step: 'pick' })).not.toBe(placeOf(one));

  const message = (messageId: string, body: string) => ({ messageId, body });
  const [a, b] = placesOf({ Records: [message('1', 'x'), message('2', 'y')] });
  expect(placesOf({ Records: [message('3', 'y')] })).toEqual([b]);
  expect(a).not.toBe(b);
  const change = (SequenceNumber: string) => ({
    eventName: 'MODIFY',
    dynamodb: { Keys: { pk: { S: 'a' } }, SequenceNumber },
  });
  expect(placesOf({ Records: [change('1')] })).toEqual(placesOf({ Records: [change('2')] }));
});

test('the usual faults leave alone what somebody at the API waits for', () => {
  const faults = new Faults();
  const { rules } = usualFaults(1);
  faults.replace({ rules: rules.map((rule) => ({ ...rule, probability: 1 })) });
  for (const { kind } of rules) {
    expect(faults.strikes(kind, { ...target(kind), isApi: true })).toBe(false);
    expect(faults.strikes(kind, target(kind))).toBe(true);
  }
});
