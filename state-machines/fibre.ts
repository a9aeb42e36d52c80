import { fact } from '#shared/domain/facts.ts';
import * as access from '#shared/tasks/access.ts';
import * as field from '#shared/tasks/field.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import * as serviceability from '#shared/tasks/serviceability.ts';
import * as stock from '#shared/tasks/stock.ts';
import { closeCreate } from './closing.ts';
import { event, flow, manual, system, unless, when } from './language/flow.ts';

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
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, { reaches: 'HW_SCANNED' }),
    system('ship', logistics.ship, {
      when: when('selfInstall'),
      noReturn: 'soft',
      tells: 'SELF_INSTALL_GUIDE',
    }),
    event('deliver', logistics.awaitDelivery, { when: when('selfInstall'), reaches: 'HW_DELIVERED' }),
    system('book', field.book, {
      when: unless('selfInstall'),
      reaches: 'VISIT_BOOKED',
      tells: 'VISIT_CONFIRMED',
      with: { skill: 'fibre-install' },
    }),
    system('dispatch', field.dispatch, { when: unless('selfInstall'), with: { workSpec: 'fibre-install' } }),
    event('visit', field.awaitVisit, {
      when: unless('selfInstall'),
      reaches: 'VISIT_DONE',
      noReturn: 'soft',
    }),
    system('activate', access.activate, {
      reaches: 'ACCESS_READY',
      noReturn: 'soft',
      with: { ontSerial: fact('serialNumber') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    ...closeCreate,
  ],
});
