import { isTerminal } from '#shared/domain/states.ts';
import { undoableOf } from '#shared/steps/cancel-suborder.ts';
import { undoKey } from '#shared/steps/undo-step.ts';
import type { StepRecord, Suborder, Wait } from '#shared/store/records.ts';
import type { Effect } from '#simulator/simulator.ts';
import type { Order } from '../api.ts';
import type { Records } from './records.ts';

/** What an order breaks of what must always hold, each in words that name the order. */
export type Finding =
  | 'stateDoesNotFollow'
  | 'notUndone'
  | 'undoneOutOfOrder'
  | 'openWaitOfEnded'
  | 'waitsForNothing';

export interface Found {
  readonly kind: Finding;
  readonly what: string;
}

/** Holds an order that has ended against what must be true of it. */
export async function findingsOf(
  order: Order,
  records: Records,
  effects: readonly Effect[],
): Promise<Found[]> {
  const [waits, { suborders, steps }] = await Promise.all([
    records.waits(order.id),
    records.suborders(order.id),
  ]);
  const found: Found[] = waits
    .filter(({ token, status }) => token !== undefined && status === 'open')
    .map(({ wait }) => ({
      kind: 'openWaitOfEnded',
      what: `${order.id} has ended, and ${wait} is still open`,
    }));
  const open = order.productOrderItem.filter(({ state }) => !isTerminal(state));
  for (const { id, state } of open)
    found.push({
      kind: 'stateDoesNotFollow',
      what: `${order.id} is ${order.state}, and item ${id} is ${state}`,
    });
  for (const { suborder } of suborders.filter(({ state }) => state === 'cancelled' || state === 'failed')) {
    const own = steps.filter((step) => step.suborder === suborder);
    for (const { step } of undoableOf(own))
      found.push({ kind: 'notUndone', what: `${order.id}-${suborder} is over, and ${step} is not undone` });
    for (const what of undoneOutOfOrder(own, effects))
      found.push({ kind: 'undoneOutOfOrder', what: `${order.id}-${suborder}: ${what}` });
  }
  return found;
}

/**
 * Undoing goes back the way that was come: what was done last is undone first. What an earlier change took back, and was
 * done anew since, is not looked at: the records tell of the last run of each step.
 */
export function undoneOutOfOrder(steps: readonly StepRecord[], effects: readonly Effect[]): string[] {
  const place = new Map(effects.map(({ key }, index) => [key, index]));
  const undone = steps
    .flatMap(({ order, suborder, step, run, status, doneAt }) => {
      const at = place.get(undoKey({ order, suborder, step, run }));
      return status === 'undone' && doneAt !== undefined && at !== undefined ? [{ step, doneAt, at }] : [];
    })
    .sort((a, b) => a.at - b.at);
  return undone.flatMap(({ step, doneAt }, index) => {
    const before = undone[index - 1];
    return before && before.doneAt < doneAt ? [`${step} is undone after ${before.step}`] : [];
  });
}

/** An order that has not ended waits for somebody, something or a date; else nobody will ever go on with it. */
export const waitsForSomething = (waits: readonly Wait[], suborders: readonly Suborder[]): boolean =>
  waits.some(({ status }) => status === 'open') || suborders.length === 0;
