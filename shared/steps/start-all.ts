import { carryOutCancellations } from '#shared/cancellation/carry-out.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { getSuborders } from '#shared/store/suborders.ts';
import { getWait } from '#shared/store/waits.ts';
import { startWait } from './completion.ts';
import { projectOrderState } from './order-state.ts';
import { type StartDependencies, startSuborder } from './start-suborder.ts';

/** How many executions are started side by side. */
const CONCURRENCY = 10;

/**
 * Starts all suborders of an order but those whose start waits for others, and those whose cancellation was asked
 * for before they could start.
 * @returns how many were started
 */
export async function startAll(deps: StartDependencies, order: string): Promise<number> {
  await carryOutCancellations(deps, order);
  const suborders = (await getSuborders(deps, order)).filter(
    ({ suborder, state }) => suborder !== MANAGEMENT && state === 'acknowledged',
  );
  const queue = [...suborders];
  let started = 0;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      if (await getWait(deps, order, startWait(next.suborder))) continue;
      await startSuborder(deps, next);
      started++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  await projectOrderState(deps, order);
  return started;
}
