import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ITEM_STATES, isTerminal, mayBecome, orderState, type State } from '#shared/domain/states.ts';

/** The lifecycle of TMF622 v4 (ProductOrder and ProductOrderItem diagrams), read once more. */
const LIFECYCLE = `
  acknowledged          > inProgress pending
  inProgress            > pending held assessingCancellation completed failed partial
  pending               > inProgress assessingCancellation cancelled
  held                  > inProgress assessingCancellation cancelled
  assessingCancellation > inProgress pending held pendingCancellation
  pendingCancellation   > cancelled
`;

const legal = new Set(
  LIFECYCLE.trim()
    .split('\n')
    .flatMap((line) => {
      const [from = '', to = ''] = line.split('>').map((part) => part.trim());
      return to.split(' ').map((state) => `${from} > ${state}`);
    }),
);

describe('transitions', () => {
  it('are those of TMF622, and no others', () => {
    for (const from of ITEM_STATES)
      for (const to of ITEM_STATES)
        expect(mayBecome(from, to), `${from} > ${to}`).toBe(legal.has(`${from} > ${to}`));
  });

  it('end in rejected, cancelled, completed, failed and partial', () => {
    expect(ITEM_STATES.filter(isTerminal)).toEqual([
      'rejected',
      'cancelled',
      'completed',
      'failed',
      'partial',
    ]);
  });
});

describe('the state of an order', () => {
  it.each<[State, State[]]>([
    ['acknowledged', ['acknowledged', 'acknowledged']],
    ['rejected', ['rejected', 'rejected']],
    ['completed', ['completed', 'completed']],
    ['cancelled', ['cancelled', 'cancelled']],
    ['failed', ['failed', 'failed']],
    ['failed', ['failed', 'cancelled']],
    ['failed', ['rejected', 'cancelled']],
    ['partial', ['completed', 'cancelled']],
    ['partial', ['completed', 'failed']],
    ['partial', ['completed', 'rejected']],
    ['inProgress', ['inProgress', 'completed']],
    ['inProgress', ['acknowledged', 'completed']],
    ['inProgress', ['inProgress', 'held']],
    ['inProgress', ['inProgress', 'pendingCancellation']],
    ['held', ['held', 'completed']],
    ['held', ['held', 'pending']],
    ['held', ['held', 'pendingCancellation', 'cancelled']],
    ['pending', ['pending', 'completed', 'cancelled']],
    ['pending', ['pending', 'assessingCancellation']],
    ['pendingCancellation', ['pendingCancellation', 'cancelled']],
    ['pendingCancellation', ['pendingCancellation', 'assessingCancellation']],
    ['assessingCancellation', ['assessingCancellation', 'completed']],
  ])('is %s when its items are %j', (expected, items) => {
    expect(orderState(items)).toBe(expected);
  });

  const itemStates = fc.constantFrom(...ITEM_STATES.filter((state) => state !== 'partial'));
  const items = fc.array(itemStates, { minLength: 1, maxLength: 8 });

  it('does not depend on the order of the items', () => {
    fc.assert(
      fc.property(items, (states) => {
        expect(orderState(states.toReversed())).toBe(orderState(states));
        expect(orderState([...states].sort())).toBe(orderState(states));
      }),
    );
  });

  it('is terminal exactly when every item is', () => {
    fc.assert(
      fc.property(items, (states) => {
        expect(isTerminal(orderState(states))).toBe(states.every(isTerminal));
      }),
    );
  });

  it('of a single item is that of the item', () => {
    for (const state of ITEM_STATES.filter((state) => state !== 'partial'))
      expect(orderState([state])).toBe(state);
  });
});
