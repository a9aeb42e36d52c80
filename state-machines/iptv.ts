import { siblings } from '#shared/domain/facts.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as service from '#shared/tasks/service.ts';
import * as tv from '#shared/tasks/tv.ts';
import { boxIsRegistered, internetWorksForTv, videoHasStopped } from './gates.ts';
import { flow, system } from './language/flow.ts';
import { closeCease, closeCreate, closeModify } from './parts/closing.ts';
import { untilNoticeEnds, untilRequestedDate } from './parts/dates.ts';

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

export const modifyPackage = flow('iptv.modify.package', 'Change IPTV package', {
  selects: { product: 'iptv', action: 'modify', where: { change: 'package' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    untilRequestedDate,
    system('tv', tv.modify, { reaches: 'TV_ACTIVE', with: { change: 'packages' } }),
    ...closeModify,
  ],
});

export const cease = flow('iptv.cease', 'IPTV terminated', {
  selects: { product: 'iptv', action: 'delete' },
  expected: 'P40D',
  steps: [
    system('lock', inventory.lock),
    untilNoticeEnds,
    system('tvOff', tv.deprovision, {
      waitsFor: videoHasStopped,
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
    }),
    ...closeCease(),
  ],
});
