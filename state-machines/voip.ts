import { sibling } from '#shared/domain/facts.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as emergency from '#shared/tasks/emergency.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as number from '#shared/tasks/number.ts';
import * as service from '#shared/tasks/service.ts';
import * as voip from '#shared/tasks/voip.ts';
import { closeCreate } from './closing.ts';
import { internetWorksForVoice, routerRegistered } from './gates.ts';
import { flow, system } from './language/flow.ts';

export const createNewNumber = flow('voip.create.new-number', 'IP telephony with a new number', {
  selects: { product: 'voip', action: 'add', where: { numberSource: 'new' } },
  newContract: true,
  expected: 'P2D',
  steps: [
    system('lock', inventory.lock),
    system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'fixed' } }),
    system('provision', voip.provision, {
      waitsFor: internetWorksForVoice,
      reaches: 'VOICE_ACTIVE',
      with: { lineId: sibling('fibre', 'lineId') },
    }),
    system('register', emergency.register),
    system('adapter', cpe.provision, {
      title: 'Configure the SIP client',
      waitsFor: routerRegistered,
      with: {
        deviceType: 'router',
        config: 'sip',
        serialNumber: sibling('router', 'serialNumber'),
        macAddress: sibling('router', 'macAddress'),
      },
    }),
    system('test', service.test, { with: { testSet: 'sipRegister' } }),
    ...closeCreate,
  ],
});
