import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as stock from '#shared/tasks/stock.ts';
import { closeCreate } from './closing.ts';
import { lineDateForRouter } from './gates.ts';
import { event, flow, manual, system, when } from './language/flow.ts';

export const create = flow('router.create', 'Router sold or rented', {
  selects: { product: 'router', action: 'add' },
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect, { when: when('upFront') }),
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, { waitsFor: lineDateForRouter, reaches: 'HW_SCANNED' }),
    system('ship', logistics.ship, { noReturn: 'soft', tells: 'HW_SHIPPED' }),
    event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED' }),
    system('provision', cpe.provision, {
      title: 'Provision the router',
      reaches: 'ROUTER_PROVISIONED',
      with: { deviceType: 'router' },
    }),
    ...closeCreate,
  ],
});
