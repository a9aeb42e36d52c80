/** TMF622 v4 lifecycle states of an order and of an order item (an item is never `partial`). */
export const ITEM_STATES = [
  'acknowledged',
  'rejected',
  'pending',
  'held',
  'inProgress',
  'assessingCancellation',
  'pendingCancellation',
  'cancelled',
  'completed',
  'failed',
  'partial',
] as const;

export type State = (typeof ITEM_STATES)[number];

const TRANSITIONS: Readonly<Record<State, readonly State[]>> = {
  acknowledged: ['inProgress', 'pending'],
  inProgress: ['pending', 'held', 'assessingCancellation', 'completed', 'failed', 'partial'],
  pending: ['inProgress', 'assessingCancellation', 'cancelled'],
  held: ['inProgress', 'assessingCancellation', 'cancelled'],
  assessingCancellation: ['inProgress', 'pending', 'held', 'pendingCancellation'],
  pendingCancellation: ['cancelled'],
  rejected: [],
  cancelled: [],
  completed: [],
  failed: [],
  partial: [],
};

/** Whether TMF622 v4 lets an order or item go from one state to another. */
export const mayBecome = (from: State, to: State): boolean => TRANSITIONS[from].includes(to);

/** Whether nothing follows this state. */
export const isTerminal = (state: State): boolean => TRANSITIONS[state].length === 0;

/**
 * The state of an order whose items have these states (TMF622 v4): all terminal decide among `completed`,
 * `cancelled`, `failed` and `partial`; otherwise an item that moves makes it `inProgress`, and when none moves,
 * a provider-side problem (`held`) comes before an awaited action (`pending`).
 */
export function orderState(items: readonly State[]): State {
  const all = (...states: State[]) => items.every((state) => states.includes(state));
  const any = (...states: State[]) => items.some((state) => states.includes(state));
  if (all('acknowledged')) return 'acknowledged';
  if (all('rejected')) return 'rejected';
  if (items.every(isTerminal)) {
    if (all('completed')) return 'completed';
    if (all('cancelled')) return 'cancelled';
    return any('completed', 'partial') ? 'partial' : 'failed';
  }
  if (any('inProgress', 'acknowledged')) return 'inProgress';
  if (any('held')) return 'held';
  if (any('pending')) return 'pending';
  return any('pendingCancellation') ? 'pendingCancellation' : 'assessingCancellation';
}
