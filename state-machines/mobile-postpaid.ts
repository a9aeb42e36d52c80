import { fact } from '#shared/domain/facts.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as sim from '#shared/tasks/sim.ts';
import { closeCreate } from './closing.ts';
import { flow, system } from './language/flow.ts';

export const createEsim = flow('mobile-postpaid.create.esim', 'Subscription on eSIM, at once', {
  selects: { product: 'mobile-postpaid', action: 'add', where: { simType: 'esim', numberSource: 'new' } },
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
