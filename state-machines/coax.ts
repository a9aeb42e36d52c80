import * as access from '#shared/tasks/access.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import { internetHasStopped } from './gates.ts';
import { flow, system } from './language/flow.ts';
import { closeCease, closeCreate } from './parts/closing.ts';
import { untilNoticeEnds } from './parts/dates.ts';
import { deliverHardware, returnHardware } from './parts/hardware.ts';

export const create = flow('coax.create', 'Cable broadband (DOCSIS modem)', {
  selects: { product: 'coax', action: 'add' },
  newContract: true,
  expected: 'P7D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'DOCSIS' } }),
    system('assign', resource.assign, { reaches: 'LINE_DATE_CONFIRMED', with: { accessType: 'CMTS' } }),
    ...deliverHardware(),
    system('modem', cpe.provision, {
      title: 'Provision the modem',
      with: { deviceType: 'modem', config: 'docsis' },
    }),
    system('activate', access.activate, { reaches: 'ACCESS_READY' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const cease = flow('coax.cease', 'Cable broadband terminated', {
  selects: { product: 'coax', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('modemOff', cpe.deprovision, { title: 'Unbind the modem', undoWith: { deviceType: 'modem' } }),
    system('off', access.deactivate, {
      waitsFor: internetHasStopped,
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    system('free', resource.release),
    ...returnHardware,
    ...closeCease(),
  ],
});
