import { fact, foundBy } from '#shared/domain/facts.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as service from '#shared/tasks/service.ts';
import * as stock from '#shared/tasks/stock.ts';
import * as tv from '#shared/tasks/tv.ts';
import { lineDateForBox, tvAccountForBox } from './gates.ts';
import { event, flow, manual, system, when } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { deliverHardware, returnHardware, shipAgain } from './parts/hardware.ts';

export const create = flow('set-top-box.create', 'Set-top box: pick, scan, provision, ship', {
  selects: { product: 'set-top-box', action: 'add' },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, {
      waitsFor: [lineDateForBox, tvAccountForBox],
      reaches: 'HW_SCANNED',
    }),
    system('provision', cpe.provision, {
      title: 'Provision the box',
      after: 'pick',
      reaches: 'STB_PROVISIONED',
      with: { deviceType: 'set-top-box' },
    }),
    system('ship', logistics.ship, { after: 'pick', noReturn: 'soft', tells: 'HW_SHIPPED' }),
    event('deliver', logistics.awaitDelivery, {
      after: ['provision', 'ship'],
      reaches: 'HW_DELIVERED',
      onReject: shipAgain('reserve'),
    }),
    system('online', service.test, {
      title: 'Check that the box is online',
      with: { testSet: 'stbOnline' },
    }),
    ...closeCreate,
  ],
});

export const add = flow('set-top-box.add', 'Extra set-top box on the account', {
  selects: { product: 'set-top-box', action: 'add', where: { extra: true } },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    system('tvCheck', tv.modify, {
      title: 'Check the number of boxes',
      when: when('existingAccount'),
      with: { change: 'device-limit', tvAccountId: fact('tvAccountId') },
    }),
    ...deliverHardware({ pick: [lineDateForBox, tvAccountForBox] }),
    system('provision', cpe.provision, {
      title: 'Provision the box',
      reaches: 'STB_PROVISIONED',
      with: { deviceType: 'set-top-box' },
    }),
    system('online', service.test, {
      title: 'Check that the box is online',
      with: { testSet: 'stbOnline' },
    }),
    ...closeCreate,
  ],
});

export const swap = flow('set-top-box.swap', 'Replace a faulty set-top box', {
  selects: { product: 'set-top-box', action: 'modify', where: { change: 'swap' } },
  expected: 'P5D',
  steps: [
    system('lock', inventory.lock),
    ...deliverHardware(),
    system('provision', cpe.provision, {
      title: 'Provision the new box',
      reaches: 'STB_PROVISIONED',
      with: { deviceType: 'set-top-box', mode: 'replace' },
    }),
    system('tv', tv.modify, {
      title: 'Bind the TV account to the new box',
      with: { change: 'replace-device' },
    }),
    system('online', service.test, {
      title: 'Check that the box is online',
      with: { testSet: 'stbOnline' },
    }),
    system('oldOff', cpe.deprovision, {
      title: 'Unbind the old box',
      noReturn: 'soft',
      with: { deviceId: foundBy('lock', 'deviceId') },
      undoWith: { deviceType: 'set-top-box', serialNumber: foundBy('lock', 'serialNumber') },
    }),
    ...returnHardware,
    ...closeModify,
  ],
});

export const giveBack = flow('set-top-box.return', 'Set-top box returned', {
  selects: { product: 'set-top-box', action: 'delete' },
  expected: 'P30D',
  steps: [
    system('lock', inventory.lock),
    system('off', cpe.deprovision, {
      title: 'Unbind the box',
      reaches: 'SERVICE_STOPPED',
      undoWith: { deviceType: 'set-top-box' },
    }),
    ...returnHardware,
    ...closeCease(),
  ],
});
