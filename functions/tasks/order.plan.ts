import { plan } from '#shared/tasks/order.ts';
import { storePlan } from '../orders/store-plan.ts';
import { milepostTask } from '../task-handler.ts';

/** Divides the order into suborders and works out what waits for what. */
export const handler = milepostTask(plan, async ({ event }, deps) => ({
  suborders: await storePlan(deps, event.order),
}));
