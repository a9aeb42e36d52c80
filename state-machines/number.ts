import { fact, portMoment } from '#shared/domain/facts.ts';
import { BULK_CHANGE } from '#shared/domain/porting.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as mobile from '#shared/tasks/mobile.ts';
import * as porting from '#shared/tasks/porting.ts';
import * as reviewing from '#shared/tasks/review.ts';
import * as wait from '#shared/tasks/timer.ts';
import { event, flow, manual, system, timer, when } from './language/flow.ts';
import { closeAs } from './parts/closing.ts';

export const giveBack = flow('number.return', 'Ceased ported number handed back to the range holder', {
  selects: { product: 'number', action: 'add', where: { task: 'return' } },
  expected: 'P5D',
  steps: [
    system('npReturn', porting.giveBack, { noReturn: 'hard', noReturnAt: 'start' }),
    system('inventory', inventory.update, { reaches: 'COMPLETE', with: { newState: 'returned' } }),
  ],
});

export const changeBulk = flow('number.change.bulk', 'Routing change for many numbers', {
  selects: { product: 'number', action: 'add', where: { task: 'change' } },
  expected: 'P20D',
  steps: [
    manual('window', reviewing.review, {
      title: 'Agree the service window',
      desk: 'NUMBER_PORTING',
      with: {
        reason: `Agree a service window with the clearing house, at least ${BULK_CHANGE.noticeDays} days ahead`,
      },
    }),
    system('windowOk', porting.checkWindow),
    timer('run', wait.until, { title: 'Wait for the service window', with: { dueAt: fact('windowStart') } }),
    system('change', porting.change, {
      with: { ratePerHour: BULK_CHANGE.perHour },
      undoWith: { newRouting: fact('previousRouting') },
    }),
    system('inventory', inventory.update, { reaches: 'COMPLETE', with: { newState: 'active' } }),
  ],
});

export const restore = flow('number.restore.wrong-port', 'Number ported by mistake or fraud: bring it back', {
  selects: { product: 'number', action: 'add', where: { task: 'restore' } },
  expected: 'P1D',
  steps: [
    system('lock', inventory.lock, { with: { installedNumber: fact('number') } }),
    manual('review', reviewing.review, {
      title: 'Review the wrong port',
      desk: 'NUMBER_PORTING',
      with: { reason: fact('cause') },
    }),
    system('bridge', mobile.provision, {
      title: 'Bridge with a temporary subscription',
      when: when('mobile'),
      with: { msisdn: fact('number'), state: 'temporary-reactivation' },
    }),
    system('portReq', porting.request, { with: { urgency: 'emergency' } }),
    event('portConfirm', porting.awaitConfirmation),
    timer('portDay', wait.until, {
      title: 'Wait for the port date',
      with: { dueAt: portMoment('confirmedPortDate') },
    }),
    system('portComplete', porting.complete, {
      noReturn: 'hard',
      noReturnAt: 'start',
      reaches: 'NUMBER_PORTED',
      tells: 'PORT_COMPLETED',
    }),
    system('compensate', billing.adjust, { with: { chargeCode: 'PORT_MISUSE_COMPENSATION' } }),
    ...closeAs('active'),
  ],
});
