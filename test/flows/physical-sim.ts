import * as z from 'zod';
import { defineOffering } from '#shared/catalogue/offerings.ts';
import { fact } from '#shared/domain/facts.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as logistics from '#shared/tasks/logistics.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as number from '#shared/tasks/number.ts';
import * as sim from '#shared/tasks/sim.ts';
import * as stock from '#shared/tasks/stock.ts';
import { event, flow, manual, system } from '#state-machines/language/flow.ts';
import { closeCreate } from '#state-machines/parts/closing.ts';

export const createPhysicalSim = flow(
  'mobile-postpaid.create.physical-sim',
  'Subscription on a SIM card by post',
  {
    selects: {
      product: 'mobile-postpaid',
      action: 'add',
      where: { simType: 'physical', numberSource: 'new' },
    },
    expected: 'P4D',
    steps: [
      system('lock', inventory.lock),
      system('number', number.reserve, { reaches: 'NUMBER_SECURED', with: { numberType: 'mobile' } }),
      system('sim', sim.assign, { with: { simType: 'physical' } }),
      system('reserve', stock.reserve),
      manual('pick', logistics.pickAndScan, { title: 'Pick the SIM card', reaches: 'HW_SCANNED' }),
      system('ship', logistics.ship, { noReturn: 'soft', tells: 'HW_SHIPPED' }),
      event('deliver', logistics.awaitDelivery, { reaches: 'HW_DELIVERED' }),
      system('provision', mobile.provision, {
        reaches: 'MOBILE_ACTIVE',
        tells: 'SIM_READY',
        with: { msisdn: fact('number') },
      }),
      ...closeCreate,
    ],
  },
);

export const offering = defineOffering({
  id: 'mobile-postpaid-20gb-card',
  name: 'Mobile subscription, 20 GB, SIM card',
  product: 'mobile-postpaid',
  add: z.strictObject({
    simType: z.enum(['physical']).default('physical'),
    numberSource: z.enum(['new']).default('new'),
  }),
  adds: { plan: 'POSTPAID-20GB', sku: 'SIM-CARD-01' },
});
