import { foundBy } from '#shared/domain/facts.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as service from '#shared/tasks/service.ts';
import { lineDateForRouter } from './gates.ts';
import { flow, system, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { deliverHardware, returnHardware } from './parts/hardware.ts';

export const create = flow('router.create', 'Router sold or rented', {
  selects: { product: 'router', action: 'add' },
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    system('pay', payment.collect, { when: when('upFront') }),
    ...deliverHardware({ pick: lineDateForRouter }),
    system('provision', cpe.provision, {
      title: 'Provision the router',
      reaches: 'ROUTER_PROVISIONED',
      with: { deviceType: 'router' },
    }),
    ...closeCreate,
  ],
});

export const swap = flow('router.swap', 'Replace a faulty or old router', {
  selects: { product: 'router', action: 'modify', where: { change: 'swap' } },
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    ...deliverHardware(),
    system('provision', cpe.provision, {
      title: 'Provision the new router',
      reaches: 'ROUTER_PROVISIONED',
      with: { deviceType: 'router', mode: 'replace' },
    }),
    system('online', service.test, {
      title: 'Check that the router is online',
      with: { testSet: 'routerOnline' },
    }),
    system('oldOff', cpe.deprovision, {
      title: 'Unbind the old router',
      noReturn: 'soft',
      with: { deviceId: foundBy('lock', 'deviceId') },
      undoWith: { deviceType: 'router', serialNumber: foundBy('lock', 'serialNumber') },
    }),
    ...returnHardware,
    ...closeModify,
  ],
});

export const giveBack = flow('router.return', 'Router returned', {
  selects: { product: 'router', action: 'delete' },
  expected: 'P30D',
  steps: [
    system('lock', inventory.lock),
    system('off', cpe.deprovision, {
      title: 'Unbind the router',
      reaches: 'SERVICE_STOPPED',
      undoWith: { deviceType: 'router' },
    }),
    ...returnHardware,
    ...closeCease(),
  ],
});
