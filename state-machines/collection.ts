import { LIMITS } from '#shared/domain/collection.ts';
import { completed, date, fact } from '#shared/domain/facts.ts';
import * as billing from '#shared/tasks/billing.ts';
import * as collection from '#shared/tasks/collection.ts';
import * as inventory from '#shared/tasks/inventory.ts';
import * as order from '#shared/tasks/order.ts';
import * as payment from '#shared/tasks/payment.ts';
import * as reviewing from '#shared/tasks/review.ts';
import * as service from '#shared/tasks/service.ts';
import { continueWithFlag } from '#shared/tasks/task.ts';
import { contractHasEnded } from './gates.ts';
import { event, flow, manual, system, unless, when } from './language/flow.ts';

const REMINDER_FEE = LIMITS.reminderFeeDkk;
const GRACE = 'P5D';
const NOTICE = 'P14D';
const AT_AGENCY = 'P60D';
const APART = `P${LIMITS.daysBetweenReminders}D` as const;

export const ladder = flow('collection.ladder', 'Reminder 1, 2, 3 with collection notice, then bar', {
  selects: { product: 'collection', action: 'add', where: { rung: 'ladder' } },
  expected: 'P70D',
  steps: [
    system('bal0', collection.checkBalance, { with: { exitWhen: 'paid' } }),
    event('grace', payment.awaitPayment, {
      title: 'Wait out the days of grace',
      within: GRACE,
      with: { dueAt: completed('bal0', { plus: GRACE }) },
    }),
    system('bal1', collection.checkBalance, {
      title: 'Check the balance before reminding',
      with: { exitWhen: 'paid' },
    }),
    system('rem1', collection.remind, {
      title: 'First reminder',
      tells: 'REMINDER_1',
      with: { level: 1, fee: REMINDER_FEE },
    }),
    event('wait1', payment.awaitPayment, {
      title: 'Customer pays after the first reminder',
      within: APART,
      tells: 'PAYMENT_RECEIVED',
      with: { dueAt: completed('rem1', { plus: APART }) },
    }),
    system('rem2', collection.remind, {
      title: 'Second reminder',
      when: when('unpaid'),
      tells: 'REMINDER_2',
      with: { level: 2, fee: REMINDER_FEE },
    }),
    event('wait2', payment.awaitPayment, {
      title: 'Customer pays after the second reminder',
      when: when('unpaid'),
      within: APART,
      tells: 'PAYMENT_RECEIVED',
      with: { dueAt: completed('rem2', { plus: APART }) },
    }),
    system('rem3', collection.remind, {
      title: 'Third reminder, notice of collection',
      when: when('unpaid'),
      tells: 'REMINDER_3_COLLECTION_NOTICE',
      with: { level: LIMITS.reminders, fee: REMINDER_FEE, collectionNotice: true },
    }),
    event('wait3', payment.awaitPayment, {
      title: 'Customer pays after the third reminder',
      when: when('unpaid'),
      announces: 'SUSPEND_WARNING',
      within: APART,
      tells: 'PAYMENT_RECEIVED',
      with: { dueAt: completed('rem3', { plus: APART }) },
    }),
    system('bal2', collection.checkBalance, {
      title: 'Check the balance before barring',
      when: when('unpaid'),
      with: { exitWhen: 'paid' },
    }),
    system('start', order.startFlow, {
      title: 'Have the services barred',
      when: when('unpaid'),
      with: { offering: 'collection-suspend' },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'LADDER_ENDED' } }),
  ],
});

export const suspend = flow('collection.suspend', 'Bar services for non-payment', {
  selects: { product: 'collection', action: 'add', where: { rung: 'suspend' } },
  expected: 'P14D',
  steps: [
    system('bal', collection.checkBalance, { with: { exitWhen: 'paid' } }),
    system('bar', service.bar, {
      reaches: 'SERVICE_STOPPED',
      tells: 'SUSPENDED_NONPAYMENT',
      with: { serviceId: fact('accountId'), barringProfile: 'OUTGOING' },
    }),
    system('fee', billing.adjust, {
      title: 'Note the fee for opening',
      with: { chargeCode: 'REOPEN_FEE_PENDING' },
    }),
    event('wait', payment.awaitPayment, {
      within: NOTICE,
      with: { dueAt: completed('bar', { plus: NOTICE }) },
    }),
    system('balance', collection.checkBalance, { title: 'Check what is still owed', when: when('unpaid') }),
    system('next', order.startFlow, {
      title: 'Have the contract ended',
      when: when('unpaid'),
      with: { offering: 'collection-terminate' },
    }),
    system('resume', order.startFlow, {
      title: 'Have the services opened',
      when: unless('unpaid'),
      with: { offering: 'collection-resume' },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'BARRING_ENDED' } }),
  ],
});

export const resume = flow('collection.resume', 'Paid: open the services', {
  selects: { product: 'collection', action: 'add', where: { rung: 'resume' } },
  expected: 'PT1H',
  steps: [
    system('bal', collection.checkBalance, { tells: 'PAYMENT_RECEIVED', with: { require: 'paid' } }),
    system('open', service.unbar, {
      reaches: 'SERVICE_RESUMED',
      tells: 'SERVICE_RESUMED',
      with: { serviceId: fact('accountId') },
    }),
    system('fee', billing.adjust, { title: 'Charge the opening', with: { chargeCode: 'REOPEN_FEE' } }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'RESUMED' } }),
  ],
});

export const plan = flow('collection.plan', 'Payment plan (instalments)', {
  selects: { product: 'collection', action: 'add', where: { rung: 'plan' } },
  expected: 'P180D',
  steps: [
    system('bal', collection.checkBalance),
    manual('agree', reviewing.review, {
      title: 'Agree the instalments',
      desk: 'COLLECTIONS_DESK',
      with: { reason: 'The customer asks to pay in instalments' },
    }),
    system('fee', billing.adjust, {
      title: 'Charge the plan',
      tells: 'PAYMENT_PLAN_AGREED',
      with: { chargeCode: 'PLAN_FEE' },
    }),
    system('hold', collection.hold),
    system('open', service.unbar, { when: when('barred'), with: { serviceId: fact('accountId') } }),
    event('instalments', payment.awaitInstalments, {
      within: 'P30D',
      onReject: {
        NOT_PAID: continueWithFlag('planBroken', { tells: 'PAYMENT_PLAN_BROKEN' }),
        PARTIAL: continueWithFlag('planBroken', { tells: 'PAYMENT_PLAN_BROKEN' }),
      },
    }),
    system('release', collection.release, { takesBack: 'hold' }),
    system('back', order.startFlow, {
      title: 'Have the services barred',
      when: when('planBroken'),
      with: { offering: 'collection-suspend' },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'PLAN_ENDED' } }),
  ],
});

export const dispute = flow('collection.dispute', 'Customer objects: stop dunning until decided', {
  selects: { product: 'collection', action: 'add', where: { rung: 'dispute' } },
  expected: 'P30D',
  steps: [
    system('bal', collection.checkBalance),
    system('hold', collection.hold, { tells: 'DISPUTE_RECEIVED' }),
    manual('decide', reviewing.review, {
      title: 'Decide about the objection',
      desk: 'COLLECTIONS_DESK',
      onReject: { DECLINED: continueWithFlag('disputeRejected') },
      with: { reason: fact('objection') },
    }),
    system('credit', billing.adjust, {
      title: 'Credit what was disputed',
      when: unless('disputeRejected'),
      with: { chargeCode: 'DISPUTE_CREDIT' },
    }),
    system('open', service.unbar, { when: when('opensServices'), with: { serviceId: fact('accountId') } }),
    system('recall', collection.recall, {
      when: when('recallsClaim'),
      noReturn: 'hard',
      noReturnAt: 'start',
    }),
    system('release', collection.release, { takesBack: 'hold' }),
    system('back', order.startFlow, {
      title: 'Have collection go on',
      when: when('disputeRejected'),
      with: { offering: 'collection-ladder' },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'DISPUTE_DECIDED' } }),
  ],
});

export const terminate = flow('collection.terminate', 'End the contract for non-payment', {
  selects: { product: 'collection', action: 'add', where: { rung: 'terminate' } },
  expected: 'P40D',
  steps: [
    event('notice', payment.awaitPayment, {
      title: 'Customer pays before the contract ends',
      announces: 'DISCONNECT_NOTICE',
      within: NOTICE,
      with: { dueAt: date('orderDate', { plus: NOTICE }) },
    }),
    system('bal', collection.checkBalance, { when: when('unpaid') }),
    system('resume', order.startFlow, {
      title: 'Have the services opened',
      when: unless('unpaid'),
      with: { offering: 'collection-resume' },
    }),
    system('barFull', service.bar, {
      title: 'Bar all but emergency calls',
      when: when('unpaid'),
      with: { serviceId: fact('accountId'), barringProfile: 'FULL' },
    }),
    system('products', inventory.list, { when: when('unpaid') }),
    system('cease', order.startFlow, {
      title: 'End all products',
      when: when('unpaid'),
      noReturn: 'hard',
      reaches: 'SERVICE_STOPPED',
      with: { ends: fact('liveProducts') },
    }),
    system('final', billing.stop, {
      title: 'Make the final bill',
      when: when('unpaid'),
      tells: 'TERMINATED_NONPAYMENT',
    }),
    system('next', order.startFlow, {
      title: 'Have the claim handed over',
      when: when('unpaid'),
      with: { offering: 'collection-agency' },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'TERMINATION_ENDED' } }),
  ],
});

export const agency = flow('collection.agency', 'Hand the claim to a debt-collection agency', {
  selects: { product: 'collection', action: 'add', where: { rung: 'agency' } },
  expected: 'P60D',
  steps: [
    system('bal', collection.checkBalance, { with: { exitWhen: 'paid' } }),
    system('noticeOk', collection.checkNotice),
    system('agency', collection.handOver, { waitsFor: contractHasEnded, noReturn: 'hard' }),
    system('fee', billing.adjust, {
      title: 'Charge the transfer',
      tells: 'AGENCY_TRANSFER',
      with: { chargeCode: 'AGENCY_TRANSFER_FEE', amount: LIMITS.agencyFeeDkk },
    }),
    event('result', payment.awaitPayment, {
      within: AT_AGENCY,
      tells: 'PAYMENT_RECEIVED',
      with: { dueAt: completed('agency', { plus: AT_AGENCY }) },
    }),
    system('close', collection.closeCase, { reaches: 'COMPLETE', with: { status: 'AGENCY_ENDED' } }),
  ],
});
