import { describe, expect, it } from 'vitest';
import { SUBORDER_FLOWS } from '#state-machines/catalogue.ts';
import { rejectionsOf } from '#state-machines/language/flags.ts';
import type { Flow } from '#state-machines/language/flow.ts';
import { CATALOGUE } from './table.ts';

interface Deviation {
  readonly leavesOut: readonly string[];
  readonly adds: readonly string[];
  readonly why: string;
}

/** Where a flow does something else than the catalogue says; docs/decisions/ tells more. */
const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  'fibre.move': {
    leavesOut: [],
    adds: ['customer.await', 'civil.apply-permit', 'civil.await-permit'],
    why: 'a drop at the new address costs and needs a permit as any other',
  },
  'voip.port-out': {
    leavesOut: ['order.validate'],
    adds: ['np.check-request'],
    why: 'the donor checks the request by the rules of the clearing house, not an order',
  },
  'mobile.port-out': {
    leavesOut: ['order.validate'],
    adds: ['np.check-request'],
    why: 'the donor checks the request by the rules of the clearing house, not an order',
  },
  'voip.cease': {
    leavesOut: ['timer.until'],
    adds: ['number.await-port-right'],
    why: 'the month in which the number may still leave ends the wait by an event, which tells whether it did',
  },
  'mobile-postpaid.cease': {
    leavesOut: ['timer.until'],
    adds: ['number.await-port-right'],
    why: 'the month in which the number may still leave ends the wait by an event, which tells whether it did',
  },
  'mobile-postpaid.create.port-in': {
    leavesOut: ['number.reserve'],
    adds: ['number.lend'],
    why: 'the temporary number must not be taken for the one that is ported',
  },
  'mobile.sim-swap': {
    leavesOut: [],
    adds: ['delivery.await'],
    why: 'a card that is lost in the post is followed by another one',
  },
  'mobile-prepaid.top-up': {
    leavesOut: [],
    adds: ['case.close'],
    why: 'the last step may be skipped, and a flow must say that it is complete',
  },
  'mobile-prepaid.expire': {
    leavesOut: ['timer.until', 'timer.until'],
    adds: ['mobile.await-top-up', 'mobile.await-top-up'],
    why: 'a top-up ends the wait',
  },
  'number.change.bulk': {
    leavesOut: [],
    adds: ['np.check-window'],
    why: 'the window that was agreed has the notice that the clearing house wants, and is long enough',
  },
  'number.restore.wrong-port': {
    leavesOut: [],
    adds: ['timer.until'],
    why: 'the port is complete on the date that the other operator confirmed, not before',
  },
  'hardware.withdrawal': {
    leavesOut: [],
    adds: ['return.check-withdrawal', 'billing.adjust', 'billing.adjust'],
    why: 'the period of 14 days is checked; what was paid by the bill is credited there, and damage is charged',
  },
  'technician.install': {
    leavesOut: [],
    adds: ['billing.adjust'],
    why: 'a visit at which nobody was at home costs a fee',
  },
  'technician.repair': {
    leavesOut: ['inventory.update'],
    adds: ['billing.adjust', 'case.close'],
    why: 'a visit at which nobody was at home costs a fee; a repair installs nothing',
  },
  'technician.reschedule': {
    leavesOut: ['inventory.update'],
    adds: ['case.close'],
    why: 'a change of an appointment installs nothing',
  },
  'collection.ladder': {
    leavesOut: ['timer.until'],
    adds: ['payment.await', 'collection.close-case'],
    why: 'a payment in the days of grace ends the wait; the last step may be skipped',
  },
  'collection.suspend': {
    leavesOut: ['inventory.update'],
    adds: ['balance.check', 'collection.close-case'],
    why: 'the account is barred, not a product; what is still owed decides what follows',
  },
  'collection.resume': {
    leavesOut: ['inventory.update'],
    adds: ['collection.close-case'],
    why: 'the account is opened, not a product',
  },
  'collection.plan': {
    leavesOut: ['payment.await'],
    adds: [
      'balance.check',
      'collection.hold',
      'payment.await-instalments',
      'collection.release',
      'collection.close-case',
    ],
    why: 'each instalment opens the wait for the next, and meanwhile nobody is reminded; whether the account is barred must be known first',
  },
  'collection.dispute': {
    leavesOut: ['inventory.update'],
    adds: [
      'balance.check',
      'collection.hold',
      'service.unbar',
      'collection.release',
      'collection.close-case',
    ],
    why: 'collection is held in billing, and goes on when the dispute is decided; who was right gets barred services back',
  },
  'collection.terminate': {
    leavesOut: ['return.request', 'return.await', 'return.inspect', 'billing.adjust'],
    adds: ['inventory.list', 'flow.start', 'collection.close-case'],
    why: 'the flows that end the products ask for the hardware, once; who pays in time gets the services back',
  },
  'collection.agency': {
    leavesOut: ['order.validate', 'inventory.update'],
    adds: ['collection.check-notice', 'collection.close-case'],
    why: 'the law wants the notice checked; the claim is an account, not a product',
  },
};

/** Gate, the steps that wait, as the catalogue has them. */
const GATES: Readonly<Record<string, readonly string[]>> = {
  D01: ['internet.create#provision'],
  D02: ['voip.create.new-number#provision'],
  D03: ['voip.create.port-in#portReq'],
  D04: ['voip.create.port-in#portComplete'],
  D05: ['iptv.create#tv'],
  D06: ['iptv.create#tv'],
  D07: ['set-top-box.add#pick', 'set-top-box.create#pick'],
  D08: ['router.create#pick'],
  D09: ['internet.create#test'],
  D10: ['voip.create.new-number#adapter', 'voip.create.port-in#adapter'],
  D11: ['vod.create#tv'],
  // The catalogue has it at `provision`: a box that is on its way to an account that does not exist helps nobody.
  D12: ['set-top-box.add#pick', 'set-top-box.create#pick'],
  D13: ['technician.install#dispatch'],
  D14: ['technician.install#dispatch'],
  D15: ['mobile-postpaid.device#ship'],
  D16: ['voip.cease#off'],
  D17: ['iptv.cease#tvOff'],
  D18: ['internet.cease#off'],
  D19: ['coax.cease#off', 'fibre.cease#off', 'shdsl.cease#off', 'xdsl.cease#off'],
  D20: ['shdsl.cease#off', 'xdsl.cease#off'],
  D21: ['internet.modify.speed#modify'],
  // The catalogue says that the two swap on the way down.
  'D21-down': ['fibre.modify.speed#modify', 'xdsl.modify.speed#modify'],
  D22: ['xdsl.migrate.fibre#move'],
  D23: ['collection.agency#agency'],
};

const flowOf = (id: string): Flow | undefined => SUBORDER_FLOWS.find((flow) => flow.id === id);

/** What is left of a list when others are taken out, each once. */
function without(list: readonly string[], taken: readonly string[]): string[] {
  const left = [...list];
  for (const one of taken) {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}

const messagesOf = ({ steps }: Flow): readonly (string | undefined)[] =>
  steps.flatMap((step) => [
    step.tells,
    step.announces,
    ...step.reminders.map(({ tells }) => tells),
    ...Object.values(rejectionsOf(step)).map(({ tells }) => tells),
  ]);

describe('the flows are those of the catalogue', () => {
  it('all 87, and no other', () => {
    expect(CATALOGUE).toHaveLength(87);
    expect(SUBORDER_FLOWS.map(({ id }) => id).sort()).toEqual(CATALOGUE.map(({ flow }) => flow).sort());
  });

  it.each(CATALOGUE.map((row) => [row.catalogue, row] as const))('%s', (_id, { flow, tasks }) => {
    const declared = flowOf(flow)?.steps.map(({ task }) => task.name) ?? [];
    const expected = tasks.split(' ');
    const { leavesOut = [], adds = [] } = DEVIATIONS[flow] ?? {};
    expect(without(declared, expected)).toEqual(adds);
    expect(without(expected, declared)).toEqual(leavesOut);
    // Where nothing deviates, the order is the same as well.
    if (adds.length + leavesOut.length === 0) expect(declared).toEqual(expected);
  });

  it.each(CATALOGUE.map((row) => [row.catalogue, row] as const))('%s tells the customer', (_id, row) => {
    const { flow, tells } = row;
    const told = flowOf(flow);
    const elsewhere = flow === 'collection.terminate' ? ['RETURN_LABEL', 'RETURN_CHARGED'] : [];
    const missing = without(tells.split(' ').filter(Boolean), [
      ...(told ? messagesOf(told) : []).flatMap((message) => message ?? []),
      ...elsewhere,
    ]);
    expect(missing).toEqual([]);
  });

  it('no deviation is for a flow that does not exist', () => {
    for (const flow of Object.keys(DEVIATIONS)) expect(flowOf(flow), flow).toBeDefined();
  });
});

describe('the gates are those of the catalogue', () => {
  it.each(Object.entries(GATES))('%s', (id, steps) => {
    const waiting = SUBORDER_FLOWS.flatMap((flow) =>
      flow.steps
        .filter(({ gates }) => gates.some((gate) => gate.id === id))
        .map((step) => `${flow.id}#${step.id}`),
    );
    expect(waiting.sort()).toEqual(steps);
  });
});
