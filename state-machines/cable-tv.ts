import { fact } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as tv from '#shared/tasks/tv.ts';
import { flow, system, unless, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';
import { deactivateOldLine, releaseOldResources } from './parts/line.ts';
import { technicianVisit } from './parts/visit.ts';

export const createLiveOutlet = flow('cable-tv.create.live-outlet', 'Cable TV, outlet already connected', {
  selects: { product: 'cable-tv', action: 'add', where: { outlet: 'live' } },
  newContract: true,
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'COAX' } }),
    system('assign', resource.assign, { with: { accessType: 'COAX' } }),
    system('activate', access.activate, { title: 'Open the filter', reaches: 'ACCESS_READY' }),
    system('tv', tv.provision, { reaches: 'TV_ACTIVE' }),
    ...closeCreate,
  ],
});

export const createNewOutlet = flow('cable-tv.create.new-outlet', 'Cable TV with technician for the outlet', {
  selects: { product: 'cable-tv', action: 'add', where: { outlet: 'new' } },
  newContract: true,
  expected: 'P15D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'COAX' } }),
    system('assign', resource.assign, { with: { accessType: 'COAX' } }),
    ...technicianVisit('coax-outlet'),
    system('activate', access.activate, {
      title: 'Open the filter',
      reaches: 'ACCESS_READY',
      noReturn: 'soft',
    }),
    system('tv', tv.provision, { reaches: 'TV_ACTIVE' }),
    system('test', service.test, { with: { testSet: 'signalLevel' } }),
    ...closeCreate,
  ],
});

export const modifyPackage = flow(
  'cable-tv.modify.package',
  'Change channel package (filter or entitlement)',
  {
    selects: { product: 'cable-tv', action: 'modify', where: { change: 'package' } },
    expected: 'P3D',
    steps: [
      system('lock', inventory.lock),
      untilRequestedDate,
      system('filter', access.modify, {
        title: 'Change the filter',
        when: when('filterBased'),
        with: { newProfile: fact('profile') },
      }),
      system('tv', tv.modify, { reaches: 'TV_ACTIVE', with: { change: 'packages' } }),
      ...closeModify,
    ],
  },
);

export const move = flow('cable-tv.move', 'Cable TV moved to a new address', {
  selects: { product: 'cable-tv', action: 'modify', where: { change: 'move' } },
  expected: 'P15D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'COAX' } }),
    system('assign', resource.assign, { with: { accessType: 'COAX' } }),
    ...technicianVisit('coax-outlet', { when: unless('liveOutlet') }),
    system('activate', access.activate, { title: 'Open the filter', reaches: 'ACCESS_READY' }),
    deactivateOldLine('Close the old filter'),
    releaseOldResources,
    ...closeModify,
  ],
});

export const cease = flow('cable-tv.cease', 'Cable TV terminated', {
  selects: { product: 'cable-tv', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('tvOff', tv.deprovision, { reaches: 'SERVICE_STOPPED' }),
    system('off', access.deactivate, { title: 'Close the filter', noReturn: 'hard' }),
    ...technicianVisit('coax-outlet'),
    system('free', resource.release),
    ...closeCease(),
  ],
});
