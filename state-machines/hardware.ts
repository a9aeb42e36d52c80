import { fact, foundBy } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as customer from '#shared/tasks/customer.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as returns from '#shared/tasks/returns.ts';
import * as reviewing from '#shared/tasks/review.ts';
import { event, flow, manual, system, unless, when } from './language/flow.ts';
import { closeAs } from './parts/closing.ts';
import { deliverHardware, returnHardware } from './parts/hardware.ts';

export const sale = flow('hardware.sale', 'Cable, extender, phone or other hardware sold', {
  selects: { product: 'hardware', action: 'add' },
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect, { when: when('upFront') }),
    system('credit', customer.checkCredit, { when: unless('upFront') }),
    ...deliverHardware(),
    system('bill', billing.adjust, { when: unless('upFront'), with: { chargeCode: 'HW_SALE' } }),
    system('inventory', inventory.update, { with: { newState: 'active', paidUpFront: fact('upFront') } }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});

export const warranty = flow('hardware.rma', 'Hardware repaired or replaced under warranty', {
  selects: { product: 'hardware', action: 'modify', where: { change: 'warranty' } },
  expected: 'P20D',
  steps: [
    system('lock', inventory.lock),
    manual('triage', reviewing.review, {
      title: 'Decide about the warranty',
      desk: 'LOGISTICS_RETURNS',
      with: { reason: fact('fault') },
    }),
    ...returnHardware,
    ...deliverHardware(),
    ...closeAs('active', 'REPAIR_UPDATE'),
  ],
});

export const withdrawal = flow('hardware.withdrawal', '14-day withdrawal of hardware', {
  selects: { product: 'hardware', action: 'delete' },
  expected: 'P20D',
  steps: [
    system('lock', inventory.lock),
    system('inTime', returns.checkWithdrawal, { tells: 'WITHDRAWAL_CONFIRMED' }),
    system('ret', returns.request, {
      tells: 'RETURN_LABEL',
      with: { serialNumber: foundBy('lock', 'serialNumber') },
    }),
    event('retWait', returns.awaitReturn, {
      within: 'P14D',
      reminders: [{ tells: 'RETURN_REMINDER', after: 'P7D' }],
    }),
    manual('inspect', returns.inspect, { when: unless('notReturned'), reaches: 'HW_RETURNED' }),
    system('loss', billing.adjust, {
      title: 'Charge the damage',
      when: when('damaged'),
      tells: 'RETURN_CHARGED',
      with: { chargeCode: 'HW_DAMAGED' },
    }),
    system('credit', billing.adjust, {
      title: 'Credit the sale',
      when: when('creditsSale'),
      with: { chargeCode: 'HW_SALE_CREDIT' },
    }),
    system('refund', payment.refund, { when: when('refundsPayment'), noReturn: 'hard', noReturnAt: 'start' }),
    system('inventory', inventory.update, {
      when: unless('notReturned'),
      with: { newState: 'terminated' },
    }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});
