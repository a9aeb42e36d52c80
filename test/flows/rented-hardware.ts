import * as z from 'zod';
import { defineOffering } from '#shared/catalogue/offerings.ts';
import { fact } from '#shared/domain/facts.ts';
import * as cpe from '#shared/tasks/cpe.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as stock from '#shared/tasks/stock.ts';
import { event, flow, manual, system } from '#state-machines/language/flow.ts';
import { closeCreate } from '#state-machines/parts/closing.ts';

export const rental = flow('hardware.rental', 'Hardware rented by the month', {
  selects: { product: 'hardware', action: 'add', where: { rented: true } },
  expected: 'P4D',
  steps: [
    system('lock', inventory.lock),
    system('reserve', stock.reserve),
    manual('pick', logistics.pickAndScan, { title: 'Pick what is rented', reaches: 'HW_SCANNED' }),
    system('ship', logistics.ship, { noReturn: 'soft', tells: 'HW_SHIPPED' }),
    event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED' }),
    system('provision', cpe.provision, {
      title: 'Provision what is rented',
      with: { deviceType: fact('product') },
    }),
    ...closeCreate,
  ],
});

export const offering = defineOffering({
  id: 'wifi-extender-rented',
  name: 'Wi-Fi extender, rented',
  product: 'hardware',
  add: z.strictObject({ upFront: z.literal(false).default(false) }),
  adds: { rented: true, sku: 'WIFI-EXTENDER-01' },
});
