import { date, fact } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as order from '#shared/tasks/order.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as porting from '#shared/tasks/porting.ts';
import * as service from '#shared/tasks/service.ts';
import * as sim from '#shared/tasks/sim.ts';
import { event, flow, system, unless, when } from './language/flow.ts';
import { closeAs, closeCreate } from './parts/closing.ts';
import { QUARANTINE, requestPort, switchPort } from './parts/porting.ts';

export const create = flow('mobile-prepaid.create', 'Prepaid SIM activated', {
  selects: { product: 'mobile-prepaid', action: 'add', where: { numberSource: 'new' } },
  expected: 'PT1H',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect),
    system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'mobile' } }),
    system('sim', sim.assign),
    system('provision', mobile.provision, {
      reaches: 'MOBILE_ACTIVE',
      with: { msisdn: fact('number'), charging: 'ocs' },
    }),
    ...closeAs('active', 'SERVICE_ACTIVE'),
  ],
});

export const topUp = flow('mobile-prepaid.top-up', 'Prepaid top-up', {
  selects: { product: 'mobile-prepaid', action: 'modify', where: { change: 'top-up' } },
  expected: 'PT5M',
  steps: [
    system('pay', payment.collect),
    system('balance', mobile.modify, {
      title: 'Add to the balance',
      reaches: 'MOBILE_ACTIVE',
      tells: 'TOPUP_RECEIPT',
      with: { topUp: fact('amount') },
    }),
    system('opened', service.unbar, {
      when: when('barredNoBalance'),
      with: { serviceId: fact('installedProductId') },
    }),
    system('close', order.settle, { reaches: 'COMPLETE' }),
  ],
});

export const createPortIn = flow('mobile-prepaid.port-in', 'Prepaid, keep the number from another company', {
  selects: { product: 'mobile-prepaid', action: 'add', where: { numberSource: 'port-in' } },
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect),
    system('sim', sim.assign),
    ...requestPort(),
    system('provision', mobile.provision, {
      with: { msisdn: fact('number'), state: 'prepared', charging: 'ocs' },
    }),
    ...switchPort(),
    system('live', mobile.modify, {
      title: 'Put the subscription into use',
      reaches: 'MOBILE_ACTIVE',
      with: { state: 'live' },
    }),
    ...closeAs('active', 'SERVICE_ACTIVE'),
  ],
});

export const toPostpaid = flow('mobile-prepaid.to-postpaid', 'Prepaid to subscription, same number and SIM', {
  selects: { product: 'mobile-prepaid', action: 'modify', where: { change: 'to-postpaid' } },
  newContract: true,
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('modify', mobile.modify, {
      noReturn: 'soft',
      reaches: 'MOBILE_ACTIVE',
      with: { charging: 'billing' },
    }),
    system('refund', billing.adjust, {
      title: 'Transfer the balance',
      with: { chargeCode: 'PREPAID_BALANCE_TRANSFER' },
    }),
    ...closeCreate,
  ],
});

export const expire = flow('mobile-prepaid.expire', 'Prepaid card without top-up expires', {
  selects: { product: 'mobile-prepaid', action: 'delete', where: { leaves: 'expiry' } },
  expected: 'P90D',
  steps: [
    system('lock', inventory.lock, { tells: 'BALANCE_EXPIRY' }),
    event('grace', mobile.awaitTopUp, {
      title: 'Wait 30 days for a top-up',
      with: { dueAt: date('expiresAt', { plus: 'P30D' }) },
    }),
    system('bar', service.bar, {
      with: { serviceId: fact('installedProductId'), barringProfile: 'OUTGOING' },
    }),
    event('keep', mobile.awaitTopUp, {
      title: 'Wait 90 days for a top-up',
      with: { dueAt: date('expiresAt', { plus: 'P90D' }) },
    }),
    system('off', mobile.deprovision, {
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
      undoWith: { msisdn: fact('number') },
    }),
    system('sim', sim.release),
    system('npReturn', porting.giveBack, { when: when('portedIn') }),
    system('free', number.release, {
      when: unless('portedIn'),
      with: { quarantine: QUARANTINE },
      undoWith: { numberType: 'mobile', preference: fact('number') },
    }),
    system('inventory', inventory.update, { with: { newState: 'terminated' } }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});
