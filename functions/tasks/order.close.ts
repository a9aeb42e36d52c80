import { projectOrderState } from '#shared/steps/order-state.ts';
import { close } from '#shared/tasks/order.ts';
import { milepostTask } from '../task-handler.ts';

/** Every suborder has ended: the order's state follows from theirs. */
export const handler = milepostTask(close, async ({ event }, deps) => ({
  state: await projectOrderState(deps, event.order),
}));
