import { sibling } from '#shared/domain/facts.ts';
import * as internet from '#shared/tasks/internet.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as resource from '#shared/tasks/resource.ts';
import * as service from '#shared/tasks/service.ts';
import { closeCreate } from './closing.ts';
import { lineWorks, routerInTheHouse } from './gates.ts';
import { flow, system } from './language/flow.ts';

export const create = flow('internet.create', 'Internet service on an access line', {
  selects: { product: 'internet', action: 'add' },
  newContract: true,
  expected: 'P2D',
  steps: [
    system('lock', inventory.lock),
    system('address', resource.assign, { title: 'Assign IP addresses', with: { pool: 'ipv4+ipv6' } }),
    system('provision', internet.provision, {
      waitsFor: lineWorks,
      reaches: 'INTERNET_ACTIVE',
      with: { lineId: sibling('fibre', 'lineId') },
    }),
    system('test', service.test, { waitsFor: routerInTheHouse, with: { testSet: 'speed' } }),
    ...closeCreate,
  ],
});
