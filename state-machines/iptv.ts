import { siblings } from '#shared/domain/facts.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as service from '#shared/tasks/service.ts';
import * as tv from '#shared/tasks/tv.ts';
import { closeCreate } from './closing.ts';
import { boxIsRegistered, internetWorksForTv } from './gates.ts';
import { flow, system } from './language/flow.ts';

export const create = flow('iptv.create', 'IPTV account and channels', {
  selects: { product: 'iptv', action: 'add' },
  newContract: true,
  expected: 'P3D',
  steps: [
    system('lock', inventory.lock),
    system('tv', tv.provision, {
      waitsFor: [internetWorksForTv, boxIsRegistered],
      reaches: 'TV_ACTIVE',
      with: { deviceIds: siblings('set-top-box', 'deviceId') },
    }),
    system('test', service.test, { with: { testSet: 'multicast' } }),
    ...closeCreate,
  ],
});
