import { fact } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as sim from '#shared/tasks/sim.ts';
import { simInTheParcel } from './gates.ts';
import { event, flow, system, unless, when } from './language/flow.ts';
import { ask } from './parts/asking.ts';
import { closeAs, closeCease, closeCreate } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';
import { deliverHardware, shipAgain } from './parts/hardware.ts';
import { giveUpNumber, requestPort, switchPort } from './parts/porting.ts';
import { pickSim } from './parts/sim.ts';

export const createNewNumber = flow(
  'mobile-postpaid.create.new-number',
  'Subscription, new number, SIM by post',
  {
    selects: {
      product: 'mobile-postpaid',
      action: 'add',
      where: { sells: 'subscription', simType: 'physical', numberSource: 'new' },
    },
    newContract: true,
    expected: 'P3D',
    steps: [
      system('lock', inventory.lock),
      system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'mobile' } }),
      system('sim', sim.assign),
      pickSim({ reaches: 'HW_SCANNED' }),
      system('ship', logistics.ship, { after: 'pick', noReturn: 'soft', tells: 'SIM_READY' }),
      system('provision', mobile.provision, {
        after: 'pick',
        reaches: 'MOBILE_ACTIVE',
        with: { msisdn: fact('number') },
      }),
      event('deliver', logistics.awaitDelivery, {
        after: ['ship', 'provision'],
        onReject: shipAgain('sim'),
      }),
      ...closeCreate,
    ],
  },
);

export const createEsim = flow('mobile-postpaid.create.esim', 'Subscription on eSIM, at once', {
  selects: {
    product: 'mobile-postpaid',
    action: 'add',
    where: { sells: 'subscription', simType: 'esim', numberSource: 'new' },
  },
  newContract: true,
  expected: 'PT1H',
  steps: [
    system('lock', inventory.lock),
    system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'mobile' } }),
    system('sim', sim.assign, { with: { simType: 'esim' } }),
    system('provision', mobile.provision, {
      reaches: 'MOBILE_ACTIVE',
      tells: 'SIM_READY',
      with: { msisdn: fact('number') },
    }),
    ...closeCreate,
  ],
});

export const createPortIn = flow(
  'mobile-postpaid.create.port-in',
  'Subscription, keep the number from another company',
  {
    selects: {
      product: 'mobile-postpaid',
      action: 'add',
      where: { sells: 'subscription', numberSource: 'port-in' },
    },
    newContract: true,
    expected: 'P5D',
    steps: [
      system('lock', inventory.lock),
      system('tmpNumber', number.lend, { when: when('temporaryNumber') }),
      system('sim', sim.assign, { tells: 'SIM_READY' }),
      pickSim({ when: unless('esim'), reaches: 'HW_SCANNED' }),
      system('ship', logistics.ship, { when: unless('esim'), noReturn: 'soft' }),
      event('simInHand', logistics.awaitDelivery, {
        when: unless('esim'),
        reaches: 'HW_DELIVERED',
        onReject: shipAgain('sim'),
      }),
      ...requestPort({ besideSimAfter: 'tmpNumber' }),
      system('provision', mobile.provision, {
        after: ['simInHand', 'portConfirm'],
        with: { msisdn: fact('number'), state: 'prepared' },
      }),
      ...switchPort(),
      system('live', mobile.modify, {
        title: 'Put the subscription into use',
        reaches: 'MOBILE_ACTIVE',
        with: { state: 'live' },
      }),
      system('tmpFree', number.release, {
        title: 'Return the temporary number',
        when: when('temporaryNumber'),
        with: { number: fact('temporaryMsisdn') },
        undoWith: { numberType: 'mobile', preference: fact('temporaryMsisdn') },
      }),
      ...closeCreate,
    ],
  },
);

export const device = flow('mobile-postpaid.device', 'Phone on instalments with the subscription', {
  selects: { product: 'mobile-postpaid', action: 'add', where: { sells: 'device' } },
  newContract: true,
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    ask('sign', 'SIGN_CREDIT_AGREEMENT', 7, { title: 'Customer signs the credit agreement' }),
    ...deliverHardware({ ship: simInTheParcel }),
    system('inventory', inventory.update, { with: { newState: 'active' } }),
    system('bill', billing.start, {
      reaches: 'BILLING_STARTED',
      tells: 'SERVICE_ACTIVE',
      with: { plan: 'instalments' },
    }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});

export const modifyPlan = flow('mobile-postpaid.modify.plan', 'Change subscription plan', {
  selects: { product: 'mobile-postpaid', action: 'modify', where: { change: 'plan' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('modify', mobile.modify, { reaches: 'MOBILE_ACTIVE', with: { plan: fact('plan') } }),
    system('inventory', inventory.update, { with: { newState: 'active' } }),
    system('bill', billing.adjust, { tells: 'PLAN_CHANGED', with: { chargeCode: 'CHANGE' } }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});

export const cease = flow('mobile-postpaid.cease', 'Mobile subscription terminated', {
  selects: { product: 'mobile-postpaid', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', mobile.deprovision, {
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
      undoWith: { msisdn: fact('number') },
    }),
    system('sim', sim.release),
    ...giveUpNumber('mobile'),
    ...closeCease(),
  ],
});

export const transfer = flow('mobile-postpaid.owner', 'Subscription taken over by another person', {
  selects: { product: 'mobile-postpaid', action: 'modify', where: { change: 'owner' } },
  newContract: true,
  expected: 'P14D',
  steps: [
    system('lock', inventory.lock),
    ask('accept', 'NEW_OWNER_ACCEPT', 14, {
      title: 'New owner accepts',
      announces: 'OWNER_CHANGE_REQUEST',
    }),
    system('stopOld', billing.stop, {
      title: 'Stop billing the old owner',
      with: { accountId: fact('oldAccountId') },
    }),
    system('startNew', billing.start, {
      title: 'Start billing the new owner',
      noReturn: 'hard',
      reaches: 'BILLING_STARTED',
    }),
    ...closeAs('active', 'SERVICE_CHANGED'),
  ],
});
