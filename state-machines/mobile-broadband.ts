import { fact } from '#shared/domain/facts.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as sim from '#shared/tasks/sim.ts';
import { flow, system } from './language/flow.ts';
import { closeCreate } from './parts/closing.ts';
import { deliverHardware } from './parts/hardware.ts';

export const create = flow('mobile-broadband.create', 'Mobile broadband with data SIM and 4G/5G router', {
  selects: { product: 'mobile-broadband', action: 'add' },
  newContract: true,
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: '5G' } }),
    system('number', number.reserve, { with: { numberType: 'm2m' } }),
    system('sim', sim.assign),
    ...deliverHardware({ again: 'sim' }),
    system('provision', mobile.provision, {
      reaches: 'MOBILE_ACTIVE',
      with: { msisdn: fact('number') },
    }),
    system('test', service.test, { with: { testSet: 'mobileData' } }),
    ...closeCreate,
  ],
});
