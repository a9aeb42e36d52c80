import { startWait, suborderKey } from '#shared/steps/completion.ts';
import type { Suborder, Wait } from '#shared/store/records.ts';
import { type NetworkRecord, networkKey } from '#shared/timing/network.ts';
import { handle } from '#state-machines/order-item.ts';
import { START } from '#state-machines/planning/links.ts';
import type { OrderPlan, PlannedSuborder } from '#state-machines/planning/plan.ts';

/** The suborders of a planned order, as they are kept. */
export function suborderRecords(order: string, plan: OrderPlan, now: string): Suborder[] {
  const empty = { flags: {}, facts: {}, milestones: {}, opens: {}, siblings: {}, steps: 0, done: 0 };
  const row = (number: string) => ({ ...suborderKey(order, number), suborder: number });
  return [
    ...plan.suborders.map(({ suborder, item, flow, facts, flags, siblings, steps, noReturn, opens }) => ({
      ...empty,
      ...row(suborder),
      item,
      flow,
      state: 'acknowledged' as const,
      facts: { ...facts },
      flags,
      siblings: Object.fromEntries(
        Object.entries(siblings).map(([product, numbers]) => [product, [...numbers]]),
      ),
      steps,
      ...(Object.keys(noReturn).length > 0 && { noReturn }),
      opens: openings(opens),
    })),
    ...plan.incomplete.map(({ suborder, item, reason, opens }) => ({
      ...empty,
      ...row(suborder),
      item,
      flow: handle.id,
      state: 'acknowledged' as const,
      facts: { reason },
      steps: handle.steps.length,
      opens: openings(opens),
    })),
    ...plan.unchanged.map(({ suborder, item }) => ({
      ...empty,
      ...row(suborder),
      item,
      flow: 'none',
      state: 'completed' as const,
      endedAt: now,
    })),
  ];
}

/** Copies of what the plan holds read-only. */
const openings = (opens: PlannedSuborder['opens']): Suborder['opens'] =>
  Object.fromEntries(Object.entries(opens).map(([milestone, list]) => [milestone, [...list]]));

/** What the projected end of a planned order is worked out from, as it is kept. */
export const timingRecord = (order: string, { network, flowTimes }: OrderPlan): NetworkRecord => ({
  ...networkKey(order),
  steps: network,
  flows: [...flowTimes],
});

/** The waits of a planned suborder, as they are kept; one for its start is among them when it relies on others. */
export const waitRecords = (order: string, { suborder, waits }: PlannedSuborder): Wait[] =>
  waits.map(({ wait, kind, step, pending, reason }) => ({
    order,
    wait,
    suborder,
    step,
    kind,
    reason,
    status: 'planned',
    pending: new Set(pending),
  }));

/** The wait for a suborder's start at this time, besides what it relies on. @param planned its wait for that */
export function startRecord(
  { order, suborder }: Pick<Suborder, 'order' | 'suborder'>,
  planned: Wait | undefined,
  notBefore: string,
  reason: string,
): Wait {
  const base = { order, wait: startWait(suborder), suborder, step: START, kind: START };
  return {
    ...base,
    status: 'planned',
    ...planned,
    reason: planned ? `${planned.reason}, and ${reason}` : `Wait ${reason}`,
    notBefore,
    dueAt: notBefore,
  };
}
