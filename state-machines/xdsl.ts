import { fact, foundBy, sibling } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as copper from '#shared/tasks/copper.ts';
import * as internet from '#shared/tasks/internet.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as wholesale from '#shared/tasks/wholesale.ts';
import { fibreWorksForCease, fibreWorksForMove, internetHasStopped, serviceIsSlower } from './gates.ts';
import { event, flow, manual, system, when } from './language/flow.ts';
import { closeAs, closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds } from './parts/dates.ts';
import { returnHardware } from './parts/hardware.ts';
import { wholesaleLine } from './parts/line.ts';
import { technicianVisit } from './parts/visit.ts';

export const createSelfInstall = flow(
  'xdsl.create.self-install',
  'ADSL/VDSL, customer connects the box (GDS)',
  {
    selects: { product: 'xdsl', action: 'add', where: { install: 'self' } },
    newContract: true,
    expected: 'P10D',
    steps: [
      system('lock', inventory.lock),
      system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'DSL' } }),
      ...wholesaleLine('GDS'),
      system('assign', resource.assign, { with: { accessType: 'DSLAM' } }),
      system('activate', access.activate, { reaches: 'ACCESS_READY', tells: 'SELF_INSTALL_GUIDE' }),
      system('test', service.test, { with: { testSet: 'line' } }),
      ...closeCreate,
    ],
  },
);

export const createTechnician = flow('xdsl.create.technician', 'ADSL/VDSL with technician (GIG)', {
  selects: { product: 'xdsl', action: 'add', where: { install: 'technician' } },
  newContract: true,
  expected: 'P15D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'DSL' } }),
    ...wholesaleLine('GIG'),
    system('assign', resource.assign, { with: { accessType: 'DSLAM' } }),
    manual('jumper', copper.jumper, { when: when('rawCopper') }),
    ...technicianVisit('dsl-install'),
    system('activate', access.activate, { reaches: 'ACCESS_READY', noReturn: 'soft' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const modifySpeed = flow('xdsl.modify.speed', 'DSL speed or ADSL to VDSL', {
  selects: { product: 'xdsl', action: 'modify', where: { change: 'speed' } },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { with: { technology: 'DSL' } }),
    system('lineOrder', wholesale.order, { when: when('wholesaleNet'), with: { mode: 'GDS' } }),
    event('delivered', wholesale.awaitDelivered, { when: when('wholesaleNet') }),
    system('modify', access.modify, {
      waitsFor: serviceIsSlower,
      reaches: 'ACCESS_READY',
      with: { newProfile: fact('profile') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeModify,
  ],
});

export const migrateToFibre = flow(
  'xdsl.migrate.fibre',
  'Move customer from copper to fibre, make before break',
  {
    selects: { product: 'xdsl', action: 'modify', where: { change: 'migrate-to-fibre' } },
    expected: 'P60D',
    steps: [
      system('lock', inventory.lock),
      system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'PON' } }),
      system('move', internet.modify, {
        title: 'Move internet to the fibre',
        waitsFor: fibreWorksForMove,
        noReturn: 'soft',
        reaches: 'SERVICE_MOVED',
        with: { lineId: sibling('fibre', 'lineId') },
      }),
      system('test', service.test, { with: { testSet: 'line' } }),
      system('off', access.deactivate, {
        title: 'Deactivate the copper line',
        noReturn: 'hard',
        with: { port: foundBy('lock', 'port') },
      }),
      system('lineOff', wholesale.cancel),
      system('free', resource.release),
      ...closeModify,
    ],
  },
);

export const fallback = flow('xdsl.fallback', 'Failed delivery: bring the old line back', {
  selects: { product: 'xdsl', action: 'modify', where: { change: 'fallback' } },
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock),
    system('lineBack', wholesale.order, { title: 'Order the old line back', with: { mode: 'FALLBACK' } }),
    event('delivered', wholesale.awaitDelivered),
    system('activate', access.activate, { reaches: 'ACCESS_READY' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    system('credit', billing.adjust, { with: { chargeCode: 'FALLBACK_CREDIT' } }),
    ...closeAs('active', 'SERVICE_RESUMED'),
  ],
});

export const cease = flow('xdsl.cease', 'DSL terminated', {
  selects: { product: 'xdsl', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', access.deactivate, {
      waitsFor: [internetHasStopped, fibreWorksForCease],
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    system('lineOff', wholesale.cancel),
    system('free', resource.release),
    ...returnHardware,
    ...closeCease(),
  ],
});
