import { fact } from '#shared/domain/facts.ts';
import * as customer from '#shared/tasks/customer.ts';
import * as order from '#shared/tasks/order.ts';
import * as wait from '#shared/tasks/timer.ts';
import { allSuborders } from './gates.ts';
import { flow, system, timer, when } from './language/flow.ts';

/** What is about the order as a whole happens here, once; its outcome is shared by all suborders. */
export const manage = flow('order.manage', 'Order: check, divide, start, wait, close', {
  expected: 'P10D',
  steps: [
    system('validate', order.validate, { reaches: 'ORDER_CHECKED' }),
    system('verify', customer.verify, { when: when('newContract') }),
    system('credit', customer.checkCredit, { when: when('newContract'), reaches: 'CREDIT_APPROVED' }),
    timer('withdrawal', wait.until, {
      title: 'Wait for the withdrawal period',
      when: when('withdrawalWait'),
      with: { dueAt: fact('withdrawalEnds') },
    }),
    system('plan', order.plan),
    // From here on it is the items that are cancelled, each by itself.
    system('start', order.start, { noReturn: 'hard', noReturnAt: 'start' }),
    system('close', order.close, { waitsFor: allSuborders, reaches: 'COMPLETE' }),
  ],
});
