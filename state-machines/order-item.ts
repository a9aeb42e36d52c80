import * as order from '#shared/tasks/order.ts';
import { flow, manual } from './language/flow.ts';

/** An item that does not say what is ordered: a person finds out and sees to it, or declines it. */
export const handle = flow('order-item.handle', 'Item without an offering: the order desk sees to it', {
  expected: 'P1D',
  steps: [manual('handle', order.handleItem, { reaches: 'COMPLETE' })],
});
