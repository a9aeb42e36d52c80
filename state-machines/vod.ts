import { date, sibling } from '#shared/domain/facts.ts';
import * as customer from '#shared/tasks/customer.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import { continueWithFlag } from '#shared/tasks/task.ts';
import * as wait from '#shared/tasks/timer.ts';
import * as tv from '#shared/tasks/tv.ts';
import { tvAccountForVideo } from './gates.ts';
import { flow, system, timer, when } from './language/flow.ts';
import { ask } from './parts/asking.ts';
import { closeCease, closeCreate } from './parts/closing.ts';

export const create = flow('vod.create', 'Video on demand or streaming partner', {
  selects: { product: 'vod', action: 'add' },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock),
    system('credit', customer.checkCredit, { when: when('payPerView') }),
    system('tv', tv.modify, {
      waitsFor: tvAccountForVideo,
      reaches: 'TV_ACTIVE',
      with: { change: 'add-vod', tvAccountId: sibling(['iptv', 'cable-tv'], 'tvAccountId') },
    }),
    ask('partner', 'LINK_PARTNER_ACCOUNT', 30, {
      title: 'Customer links the partner account',
      when: when('partnerAccount'),
      onReject: {
        NO_ANSWER: continueWithFlag('partnerNotLinked'),
        DECLINED: continueWithFlag('partnerNotLinked'),
      },
    }),
    ...closeCreate,
  ],
});

export const cease = flow('vod.cease', 'Video on demand ended', {
  selects: { product: 'vod', action: 'delete' },
  expected: 'P30D',
  steps: [
    system('lock', inventory.lock),
    timer('notice', wait.until, {
      title: 'Wait for the end of the period',
      with: { dueAt: date(['periodEnds', 'requestedDate']) },
    }),
    system('tv', tv.modify, {
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
      with: { change: 'remove-vod' },
    }),
    ...closeCease(),
  ],
});
