import { fact, sibling } from '#shared/domain/facts.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as emergency from '#shared/tasks/emergency.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as number from '#shared/tasks/number.ts';
import * as service from '#shared/tasks/service.ts';
import * as voip from '#shared/tasks/voip.ts';
import {
  internetWorksForPort,
  internetWorksForVoice,
  lineDateForPort,
  numberHasLeft,
  routerRegistered,
} from './gates.ts';
import { flow, system, unless, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';
import { giveUpNumber, letPortOut, requestPort, returnOldNumber, switchPort } from './parts/porting.ts';

const adapter = {
  deviceType: 'router',
  config: 'sip',
  serialNumber: sibling(['router', 'coax'], 'serialNumber'),
  macAddress: sibling(['router', 'coax'], 'macAddress'),
} as const;
const lineId = sibling(['fibre', 'xdsl', 'shdsl', 'coax'], 'lineId');

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
      with: { lineId },
    }),
    system('register', emergency.register),
    system('adapter', cpe.provision, {
      title: 'Configure the SIP client',
      waitsFor: routerRegistered,
      with: adapter,
    }),
    system('test', service.test, { with: { testSet: 'sipRegister' } }),
    ...closeCreate,
  ],
});

export const createPortIn = flow(
  'voip.create.port-in',
  'IP telephony, keep the number from another company',
  {
    selects: { product: 'voip', action: 'add', where: { numberSource: 'port-in' } },
    newContract: true,
    expected: 'P15D',
    steps: [
      system('lock', inventory.lock),
      ...requestPort({ waitsFor: lineDateForPort }),
      system('provision', voip.provision, { with: { lineId, state: 'prepared' } }),
      system('adapter', cpe.provision, {
        title: 'Configure the SIP client',
        waitsFor: routerRegistered,
        with: adapter,
      }),
      ...switchPort([internetWorksForPort]),
      system('live', voip.modify, {
        title: 'Put the voice account into use',
        reaches: 'VOICE_ACTIVE',
        with: { state: 'live' },
      }),
      system('register', emergency.register),
      system('test', service.test, { with: { testSet: 'inboundCall' } }),
      ...closeCreate,
    ],
  },
);

export const modifyFeatures = flow(
  'voip.modify.features',
  'Telephony features (voicemail, forwarding, barring, secrecy)',
  {
    selects: { product: 'voip', action: 'modify', where: { change: 'features' } },
    expected: 'P1D',
    steps: [
      system('lock', inventory.lock),
      system('modify', voip.modify, { reaches: 'VOICE_ACTIVE' }),
      system('register', emergency.register, {
        title: 'Change the directory',
        when: when('directoryChanged'),
      }),
      ...closeModify,
    ],
  },
);

export const modifyNumber = flow('voip.modify.number', 'Change telephone number', {
  selects: { product: 'voip', action: 'modify', where: { change: 'number' } },
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock),
    system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'fixed' } }),
    untilRequestedDate,
    system('modify', voip.modify, {
      noReturn: 'soft',
      reaches: 'VOICE_ACTIVE',
      with: { number: fact('number') },
    }),
    system('register', emergency.register),
    returnOldNumber('fixed'),
    ...closeModify,
  ],
});

export const portOut = flow('voip.port-out', 'Fixed number leaves to another company', {
  selects: { product: 'voip', action: 'delete', where: { leaves: 'port-out' } },
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock, {
      tells: 'PORT_OUT_NOTICE',
      with: { installedNumber: fact('number') },
    }),
    ...letPortOut,
    system('off', voip.deprovision, { when: unless('numberStays'), reaches: 'SERVICE_STOPPED' }),
    system('deregister', emergency.deregister, { when: unless('numberStays') }),
    ...closeCease(unless('numberStays')),
  ],
});

export const cease = flow('voip.cease', 'IP telephony terminated', {
  selects: { product: 'voip', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', voip.deprovision, {
      waitsFor: numberHasLeft,
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    system('deregister', emergency.deregister),
    ...giveUpNumber('fixed'),
    ...closeCease(),
  ],
});
