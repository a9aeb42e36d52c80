import { fact } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as service from '#shared/tasks/service.ts';
import * as wait from '#shared/tasks/timer.ts';
import { flow, system, timer } from './language/flow.ts';

const LINES = ['fibre', 'xdsl', 'shdsl', 'coax'] as const;

export const suspend = flow('access.suspend', 'Access resting (dormant subscription)', {
  selects: { product: LINES, action: 'modify', where: { change: 'suspend' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    timer('due', wait.until, {
      title: 'Wait for the requested date',
      with: { dueAt: fact('requestedDate') },
    }),
    system('bar', service.bar, {
      reaches: 'SERVICE_STOPPED',
      with: { serviceId: fact('installedProductId'), barringProfile: 'FULL' },
    }),
    system('bill', billing.adjust, { with: { chargeCode: 'DORMANT_FEE' } }),
    system('inventory', inventory.update, { tells: 'SERVICE_SUSPENDED', with: { newState: 'suspended' } }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});

export const resume = flow('access.resume', 'Access opened again', {
  selects: { product: LINES, action: 'modify', where: { change: 'resume' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    timer('due', wait.until, {
      title: 'Wait for the requested date',
      with: { dueAt: fact('requestedDate') },
    }),
    system('open', service.unbar, {
      reaches: 'ACCESS_READY',
      with: { serviceId: fact('installedProductId') },
    }),
    system('test', service.test, { with: { testSet: 'line' } }),
    system('bill', billing.adjust, { with: { chargeCode: 'DORMANT_END' } }),
    system('inventory', inventory.update, { tells: 'SERVICE_RESUMED', with: { newState: 'active' } }),
    system('unlock', inventory.unlock, { reaches: 'COMPLETE' }),
  ],
});
