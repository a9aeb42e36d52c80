import { fact } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as wholesale from '#shared/tasks/wholesale.ts';
import { internetHasStopped, serviceIsSlower } from './gates.ts';
import { event, flow, system, unless, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';
import { deliverHardware, returnHardware, shipAgain, vanHardware } from './parts/hardware.ts';
import { buildDrop, deactivateOldLine, releaseOldResources, wholesaleLine } from './parts/line.ts';
import { technicianVisit } from './parts/visit.ts';

export const createNewBuild = flow('fibre.create.new-build', 'Fibre, new drop built to the house', {
  selects: { product: 'fibre', action: 'add', where: { drop: 'new-build' } },
  newContract: true,
  expected: 'P120D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'PON' } }),
    ...buildDrop(),
    system('assign', resource.assign, { tells: 'ORDER_CONFIRMED', with: { accessType: 'PON' } }),
    ...vanHardware,
    ...technicianVisit('fibre-install'),
    system('activate', access.activate, {
      reaches: 'ACCESS_READY',
      noReturn: 'soft',
      with: { ontSerial: fact('serialNumber') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const createExistingDrop = flow('fibre.create.existing-drop', 'Fibre, socket already in the house', {
  selects: { product: 'fibre', action: 'add', where: { drop: 'existing' } },
  newContract: true,
  expected: 'P10D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'PON' } }),
    system('assign', resource.assign, {
      reaches: 'LINE_DATE_CONFIRMED',
      tells: 'ORDER_CONFIRMED',
      with: { accessType: 'PON' },
    }),
    ...vanHardware,
    system('ship', logistics.ship, {
      when: when('selfInstall'),
      noReturn: 'soft',
      tells: 'SELF_INSTALL_GUIDE',
    }),
    event('deliver', logistics.awaitDelivery, {
      when: when('selfInstall'),
      reaches: 'HW_DELIVERED',
      onReject: shipAgain('reserve'),
    }),
    ...technicianVisit('fibre-install', { when: unless('selfInstall') }),
    system('activate', access.activate, {
      reaches: 'ACCESS_READY',
      noReturn: 'soft',
      with: { ontSerial: fact('serialNumber') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const createWholesale = flow('fibre.create.wholesale', "Fibre over another owner's network", {
  selects: { product: 'fibre', action: 'add', where: { drop: 'wholesale' } },
  newContract: true,
  expected: 'P30D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'PON' } }),
    ...wholesaleLine('GIG'),
    system('assign', resource.assign, { with: { accessType: 'BITSTREAM' } }),
    system('activate', access.activate, { reaches: 'ACCESS_READY' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const modifySpeed = flow('fibre.modify.speed', 'Fibre line profile up or down', {
  selects: { product: 'fibre', action: 'modify', where: { change: 'speed' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { with: { technology: 'PON' } }),
    untilRequestedDate,
    system('modify', access.modify, {
      waitsFor: serviceIsSlower,
      reaches: 'ACCESS_READY',
      with: { newProfile: fact('profile') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeModify,
  ],
});

export const swapBox = flow('fibre.modify.ont-swap', 'Replace a faulty fibre box (ONT)', {
  selects: { product: 'fibre', action: 'modify', where: { change: 'ont-swap' } },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    ...deliverHardware(),
    system('swap', cpe.provision, {
      title: 'Provision the new box',
      with: { deviceType: 'ont', mode: 'replace' },
    }),
    system('activate', access.activate, {
      reaches: 'ACCESS_READY',
      noReturn: 'soft',
      with: { ontSerial: fact('serialNumber') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...returnHardware,
    ...closeModify,
  ],
});

export const move = flow('fibre.move', 'Fibre moved to a new address', {
  selects: { product: 'fibre', action: 'modify', where: { change: 'move' } },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, {
      reaches: 'QUALIFIED',
      tells: 'ORDER_CONFIRMED',
      with: { technology: 'PON' },
    }),
    system('newAccess', wholesale.order, { when: when('wholesaleNet'), with: { mode: 'GIG' } }),
    event('newAccepted', wholesale.awaitAccepted, {
      when: when('wholesaleNet'),
      reaches: 'LINE_DATE_CONFIRMED',
      tells: 'LINE_DATE_CONFIRMED',
    }),
    ...buildDrop(when('buildsDrop')),
    system('assign', resource.assign, { with: { accessType: 'PON' } }),
    ...technicianVisit('fibre-install'),
    system('activate', access.activate, { reaches: 'ACCESS_READY', noReturn: 'soft' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    deactivateOldLine('Deactivate the old line'),
    releaseOldResources,
    ...closeModify,
  ],
});

export const cease = flow('fibre.cease', 'Fibre terminated', {
  selects: { product: 'fibre', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', access.deactivate, {
      waitsFor: internetHasStopped,
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    system('wholesaleOff', wholesale.cancel, { when: when('wholesaleNet') }),
    system('free', resource.release),
    ...returnHardware,
    ...closeCease(),
  ],
});
