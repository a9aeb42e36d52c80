import { fact, foundBy } from '#shared/domain/facts.ts';
import * as customer from '#shared/tasks/customer.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as reviewing from '#shared/tasks/review.ts';
import * as service from '#shared/tasks/service.ts';
import * as sim from '#shared/tasks/sim.ts';
import { event, flow, manual, system, unless, when } from './language/flow.ts';
import { ask } from './parts/asking.ts';
import { closeAs, closeCease, closeModify } from './parts/closing.ts';
import { untilRequestedDate } from './parts/dates.ts';
import { shipAgain } from './parts/hardware.ts';
import { letPortOut, returnOldNumber } from './parts/porting.ts';
import { pickSim } from './parts/sim.ts';

/** What is done to a mobile number in the same way whether it is paid before or after. */
const MOBILE = ['mobile-postpaid', 'mobile-prepaid'] as const;

export const modifyAddon = flow('mobile.modify.addon', 'Data, roaming or extra SIM add-on', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'addon' } },
  expected: 'PT1H',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect, { when: when('prepaid') }),
    system('sim', sim.assign, { title: 'Assign the extra SIM', when: when('extraSim') }),
    system('modify', mobile.modify, { reaches: 'MOBILE_ACTIVE' }),
    ...closeModify,
  ],
});

export const swapSim = flow('mobile.sim-swap', 'New SIM or eSIM for the same number', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'sim' } },
  expected: 'P2D',
  steps: [
    system('lock', inventory.lock),
    system('verify', customer.verify, { tells: 'SIM_SWAP_ALERT', with: { assurance: 'strong' } }),
    manual('fraud', reviewing.review, {
      title: 'Look for fraud',
      desk: 'FRAUD_REVIEW',
      when: when('riskHigh'),
      with: { reason: 'The fraud score of the SIM swap is high' },
    }),
    system('sim', sim.assign),
    pickSim({ when: unless('esim') }),
    system('ship', logistics.ship, { when: unless('esim'), noReturn: 'soft', tells: 'SIM_READY' }),
    event('deliver', logistics.awaitDelivery, { when: unless('esim'), onReject: shipAgain('sim') }),
    ask('switchOk', 'ACTIVATE_NEW_SIM', 14, { title: 'Customer has the new SIM in the phone' }),
    system('modify', mobile.modify, { reaches: 'MOBILE_ACTIVE', with: { imsi: fact('imsi') } }),
    system('oldSim', sim.release, {
      title: 'Release the old SIM',
      noReturn: 'hard',
      noReturnAt: 'start',
      with: { iccid: foundBy('lock', 'iccid') },
    }),
    ...closeModify,
  ],
});

export const modifyNumber = flow('mobile.modify.number', 'Change mobile number', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'number' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'mobile' } }),
    untilRequestedDate,
    system('modify', mobile.modify, {
      noReturn: 'soft',
      reaches: 'MOBILE_ACTIVE',
      with: { msisdn: fact('number') },
    }),
    returnOldNumber('mobile'),
    ...closeModify,
  ],
});

export const modifyBarring = flow('mobile.modify.barring', 'Bar premium, roaming or content', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'barring' } },
  expected: 'PT1H',
  steps: [
    system('lock', inventory.lock),
    system('bar', service.bar, {
      reaches: 'MOBILE_ACTIVE',
      with: { serviceId: fact('installedProductId'), barringProfile: fact('barringProfile') },
    }),
    ...closeModify,
  ],
});

export const lostOrStolen = flow('mobile.lost-stolen', 'Lost or stolen: bar at once', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'lost-stolen' } },
  expected: 'PT15M',
  steps: [
    system('lock', inventory.lock),
    system('bar', service.bar, {
      reaches: 'SERVICE_STOPPED',
      with: { serviceId: fact('installedProductId'), barringProfile: 'LOST' },
    }),
    ...closeAs('suspended', 'SERVICE_SUSPENDED'),
  ],
});

export const resume = flow('mobile.resume', 'Mobile opened again', {
  selects: { product: MOBILE, action: 'modify', where: { change: 'resume' } },
  expected: 'PT1H',
  steps: [
    system('lock', inventory.lock),
    system('verify', customer.verify),
    system('open', service.unbar, {
      reaches: 'MOBILE_ACTIVE',
      with: { serviceId: fact('installedProductId') },
    }),
    ...closeAs('active', 'SERVICE_RESUMED'),
  ],
});

export const portOut = flow('mobile.port-out', 'Mobile number leaves to another company', {
  selects: { product: MOBILE, action: 'delete', where: { leaves: 'port-out' } },
  expected: 'P2D',
  steps: [
    system('lock', inventory.lock, {
      tells: 'PORT_OUT_NOTICE',
      with: { installedNumber: fact('number') },
    }),
    ...letPortOut,
    system('off', mobile.deprovision, {
      when: unless('numberStays'),
      reaches: 'SERVICE_STOPPED',
      undoWith: { msisdn: fact('number') },
    }),
    system('sim', sim.release, { when: unless('numberStays') }),
    ...closeCease(unless('numberStays')),
  ],
});
