import { foundBy } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as returns from '#shared/tasks/returns.ts';
import * as stock from '#shared/tasks/stock.ts';
import { askCustomer, fallout } from '#shared/tasks/task.ts';
import { event, type Gate, manual, system, unless, when } from '../language/flow.ts';

/**
 * A parcel that came back goes out again when the customer has been asked; instead of one that was lost, another unit does.
 * @param first the step with which that begins
 */
export const shipAgain = (first: 'reserve' | 'sim') => ({
  RETURNED_TO_SENDER: askCustomer({ tells: 'ACTION_REQUIRED', from: 'ship' }),
  LOST: fallout('LOGISTICS_BACKORDER', { tells: 'HW_BACKORDER', from: first }),
});

/** A unit is reserved, picked and scanned. */
const pickFromStock = (waitsFor: readonly Gate[]) =>
  [
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, { waitsFor, reaches: 'HW_SCANNED' }),
  ] as const;

/** Sends a unit to the customer. @param gates what picking, and shipping, wait for */
export const deliverHardware = (
  gates: { readonly pick?: Gate | readonly Gate[]; readonly ship?: Gate } = {},
) =>
  [
    ...pickFromStock(gates.pick ? [gates.pick].flat() : []),
    system('ship', logistics.ship, {
      waitsFor: gates.ship ? [gates.ship] : [],
      noReturn: 'soft',
      tells: 'HW_SHIPPED',
    }),
    event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED', onReject: shipAgain('reserve') }),
  ] as const;

/** A unit goes into the technician's van. */
export const vanHardware = pickFromStock([]);

/** Gets the unit back that was there when the asset was locked; what does not come back, or comes back damaged, is charged. */
export const returnHardware = [
  system('ret', returns.request, {
    tells: 'RETURN_LABEL',
    with: { serialNumber: foundBy('lock', 'serialNumber') },
  }),
  event('retWait', returns.awaitReturn, {
    within: 'P30D',
    reminders: [{ tells: 'RETURN_REMINDER', after: 'P14D' }],
  }),
  manual('inspect', returns.inspect, {
    when: unless('notReturned'),
    reaches: 'HW_RETURNED',
    with: { serialNumber: foundBy('lock', 'serialNumber') },
  }),
  system('hwCharge', billing.adjust, {
    title: 'Charge for the hardware',
    when: when('chargesHardware'),
    tells: 'RETURN_CHARGED',
    with: { chargeCode: 'HW_NOT_RETURNED' },
  }),
] as const;
