import { fact } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as service from '#shared/tasks/service.ts';
import { flow, system } from './language/flow.ts';
import { closeAs } from './parts/closing.ts';
import { untilRequestedDate } from './parts/dates.ts';

const LINES = ['fibre', 'xdsl', 'shdsl', 'coax'] as const;

export const suspend = flow('access.suspend', 'Access resting (dormant subscription)', {
  selects: { product: LINES, action: 'modify', where: { change: 'suspend' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('bar', service.bar, {
      reaches: 'SERVICE_STOPPED',
      with: { serviceId: fact('installedProductId'), barringProfile: 'FULL' },
    }),
    system('bill', billing.adjust, { with: { chargeCode: 'DORMANT_FEE' } }),
    ...closeAs('suspended', 'SERVICE_SUSPENDED'),
  ],
});

export const resume = flow('access.resume', 'Access opened again', {
  selects: { product: LINES, action: 'modify', where: { change: 'resume' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('open', service.unbar, {
      reaches: 'ACCESS_READY',
      with: { serviceId: fact('installedProductId') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    system('bill', billing.adjust, { with: { chargeCode: 'DORMANT_END' } }),
    ...closeAs('active', 'SERVICE_RESUMED'),
  ],
});
