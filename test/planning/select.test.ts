import { describe, expect, it } from 'vitest';
import * as inventory from '#shared/tasks/inventory.ts';
import { flow, type Selection, system } from '#state-machines/language/flow.ts';
import { ambiguousSelections, matchesFlow, selectFlow } from '#state-machines/planning/select.ts';

const named = (id: string, where?: Selection['where'], more: Partial<Selection> = {}) =>
  flow(id, id, {
    expected: 'P1D',
    selects: { product: 'fibre', action: 'add', ...(where && { where }), ...more },
    steps: [system('lock', inventory.lock)],
  });
const plain = named('fibre.create');
const existing = named('fibre.create.existing', { drop: 'existing' });
const owner = named('fibre.create.wholesale', { drop: 'existing', owner: 'other' });
const cease = named('fibre.cease', undefined, { action: 'delete' });

const select = (characteristics: Record<string, unknown>, flows = [plain, existing, owner, cease]) =>
  selectFlow(flows, { product: 'fibre', action: 'add', characteristics });

describe('selectFlow', () => {
  it('takes the flow with the most conditions that the item meets', () => {
    expect(select({})).toEqual({ flow: plain });
    expect(select({ drop: 'existing' })).toEqual({ flow: existing });
    expect(select({ drop: 'existing', owner: 'other' })).toEqual({ flow: owner });
  });

  it('says what would do when no flow does', () => {
    expect(select({ drop: 'new-build' }, [existing, owner])).toEqual({
      reason:
        "no flow does 'add' fibre with drop 'new-build' and owner not given; there are flows for drop 'existing', or drop 'existing' and owner 'other'",
    });
    expect(select({}, [cease])).toEqual({ reason: "no flow does 'add' fibre" });
  });

  it('does not guess between two', () => {
    expect(select({ a: 1, b: 2 }, [named('fibre.x', { a: '1' }), named('fibre.y')])).toEqual({
      flow: named('fibre.y'),
    });
    expect(select({ a: '1', b: '2' }, [named('fibre.x', { a: '1' }), named('fibre.y', { b: '2' })])).toEqual({
      reason: "more than one flow does 'add' fibre: fibre.x and fibre.y",
    });
  });
});

describe('ambiguousSelections', () => {
  it('names pairs between which some item could not choose', () => {
    expect(ambiguousSelections([plain, existing, owner, cease])).toEqual([]);
    expect(ambiguousSelections([existing, named('fibre.create.new', { drop: 'new' })])).toEqual([]);
    expect(ambiguousSelections([existing, named('fibre.create.self', { selfInstall: true })])).toEqual([
      "fibre.create.existing and fibre.create.self can both be meant by the same item, and neither is more specific: give one of them another condition in 'where'",
    ]);
  });
});

describe('matchesFlow', () => {
  it('knows ids, prefixes and everything', () => {
    expect(matchesFlow('fibre.create', plain)).toBe(true);
    expect(matchesFlow('fibre.create', existing)).toBe(false);
    expect(matchesFlow('fibre.create.*', existing)).toBe(true);
    expect(matchesFlow('fibre.create.*', cease)).toBe(false);
    expect(matchesFlow('*', cease)).toBe(true);
  });
});
