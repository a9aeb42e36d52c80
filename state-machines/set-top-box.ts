import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as service from '#shared/tasks/service.ts';
import * as stock from '#shared/tasks/stock.ts';
import { closeCreate } from './closing.ts';
import { lineDateForBox } from './gates.ts';
import { event, flow, manual, system } from './language/flow.ts';

export const create = flow('set-top-box.create', 'Set-top box: pick, scan, provision, ship', {
  selects: { product: 'set-top-box', action: 'add' },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, { waitsFor: lineDateForBox, reaches: 'HW_SCANNED' }),
    system('provision', cpe.provision, {
      title: 'Provision the box',
      after: 'pick',
      reaches: 'STB_PROVISIONED',
      with: { deviceType: 'set-top-box' },
    }),
    system('ship', logistics.ship, { after: 'pick', noReturn: 'soft', tells: 'HW_SHIPPED' }),
    event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED' }),
    system('online', service.test, {
      title: 'Check that the box is online',
      after: ['provision', 'deliver'],
      with: { testSet: 'stbOnline' },
    }),
    ...closeCreate,
  ],
});
