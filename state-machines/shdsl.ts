import { fact, foundBy } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as copper from '#shared/tasks/copper.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as wholesale from '#shared/tasks/wholesale.ts';
import { fibreWorksForCease, internetHasStopped } from './gates.ts';
import { event, flow, manual, system, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds } from './parts/dates.ts';
import { returnHardware, vanHardware } from './parts/hardware.ts';
import { deactivateOldLine, wholesaleLine } from './parts/line.ts';
import { technicianVisit } from './parts/visit.ts';

export const createRawCopper = flow('shdsl.create.raw-copper', 'SHDSL on rented raw copper (LLU)', {
  selects: { product: 'shdsl', action: 'add', where: { access: 'raw-copper' } },
  newContract: true,
  expected: 'P20D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'SHDSL' } }),
    ...wholesaleLine('GIG'),
    system('assign', resource.assign, { with: { accessType: 'SHDSL' } }),
    manual('jumper', copper.jumper, { noReturn: 'soft' }),
    ...vanHardware,
    ...technicianVisit('shdsl-install'),
    system('activate', access.activate, { reaches: 'ACCESS_READY' }),
    system('test', service.test, { with: { testSet: 'bert' } }),
    ...closeCreate,
  ],
});

export const createBitstream = flow('shdsl.create.bitstream', 'SHDSL on bitstream access', {
  selects: { product: 'shdsl', action: 'add', where: { access: 'bitstream' } },
  newContract: true,
  expected: 'P20D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'SHDSL' } }),
    ...wholesaleLine('GIG'),
    system('assign', resource.assign, { with: { accessType: 'BITSTREAM' } }),
    ...vanHardware,
    ...technicianVisit('shdsl-install'),
    system('activate', access.activate, { reaches: 'ACCESS_READY', noReturn: 'soft' }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});

export const modifyBonding = flow('shdsl.modify.bonding', 'Add pairs or change SHDSL speed', {
  selects: { product: 'shdsl', action: 'modify', where: { change: 'bonding' } },
  expected: 'P20D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { with: { technology: 'SHDSL' } }),
    system('lineOrder', wholesale.order, { when: when('pairsAdded'), with: { mode: 'GIG' } }),
    event('delivered', wholesale.awaitDelivered, { when: when('pairsAdded') }),
    manual('jumper', copper.jumper, { when: when('pairsAdded') }),
    system('modify', access.modify, { reaches: 'ACCESS_READY', with: { newProfile: fact('profile') } }),
    system('test', service.test, { with: { testSet: 'bert' } }),
    ...closeModify,
  ],
});

export const move = flow('shdsl.move', 'SHDSL moved to a new address', {
  selects: { product: 'shdsl', action: 'modify', where: { change: 'move' } },
  expected: 'P25D',
  steps: [
    system('lock', inventory.lock),
    system('qualify', serviceability.check, { reaches: 'QUALIFIED', with: { technology: 'SHDSL' } }),
    ...wholesaleLine('GIG'),
    system('assign', resource.assign, { with: { accessType: 'SHDSL' } }),
    manual('jumper', copper.jumper, { title: 'Connect the new pair in the exchange', noReturn: 'soft' }),
    ...technicianVisit('shdsl-install'),
    system('activate', access.activate, { reaches: 'ACCESS_READY' }),
    system('test', service.test, { with: { testSet: 'bert' } }),
    deactivateOldLine('Deactivate the old line'),
    manual('oldJumper', copper.unjumper, {
      title: 'Remove the old pair in the exchange',
      with: { jumperRef: foundBy('lock', 'jumperRef') },
    }),
    system('oldLine', wholesale.cancel, {
      title: 'Give the old line back to its owner',
      with: { wholesaleOrderId: foundBy('lock', 'wholesaleOrderId') },
    }),
    ...closeModify,
  ],
});

export const cease = flow('shdsl.cease', 'SHDSL terminated', {
  selects: { product: 'shdsl', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('off', access.deactivate, {
      waitsFor: [internetHasStopped, fibreWorksForCease],
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    manual('unjump', copper.unjumper, { when: when('rawCopper') }),
    system('lineOff', wholesale.cancel),
    system('free', resource.release),
    ...returnHardware,
    ...closeCease(),
  ],
});
