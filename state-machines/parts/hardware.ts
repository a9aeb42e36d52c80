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

interface Delivery {
  /** What picking waits for. */
  readonly pick?: Gate | readonly Gate[];
  /** What shipping waits for. */
  readonly ship?: Gate;
  /** The step with which another parcel begins in place of one that was lost: default the unit, `sim` when a card was in it. */
  readonly again?: 'reserve' | 'sim';
}

/** Sends a unit to the customer. */
export const deliverHardware = ({ pick = [], ship, again = 'reserve' }: Delivery = {}) =>
  [
    ...pickFromStock([pick].flat()),
    system('ship', logistics.ship, {
      waitsFor: ship ? [ship] : [],
      noReturn: 'soft',
      tells: 'HW_SHIPPED',
    }),
    event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED', onReject: shipAgain(again) }),
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
