/** The number of order management among an order's suborders; those of its items follow from `01` on. */
export const MANAGEMENT = '00';

/** The flow of order management. */
export const MANAGEMENT_FLOW = 'order.manage';
