import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { calendarDate, nextWorkingDay, workingDayFrom } from '#shared/domain/calendar.ts';
import { nextPortMoment, portDateFor, portWindow } from '#shared/domain/porting.ts';
import { Stage } from '#test/support/stage.ts';

const NUMBER = '+4520123456';
/** The suborder of an order's only item. */
const ITEM = '01';

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});

const now = async () => new Date(await stage.platform.cloud.now());

/** An order for a subscription on eSIM with the customer's own number. */
const portIn = (characteristics: Readonly<Record<string, unknown>> = {}) =>
  orderFor('mobile-postpaid-20gb', {
    numberSource: 'port-in',
    number: NUMBER,
    donor: 'OP001',
    donorIccid: '8945010000000000001',
    authoritySigned: true,
    authorityRef: 'AUTH-1',
    ...characteristics,
  });

const orderFor = (offering: string, characteristics: Readonly<Record<string, unknown>>) => ({
  relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }],
  billingAccount: { id: 'account-1' },
  productOrderItem: [
    {
      id: '1',
      action: 'add',
      productOffering: { id: offering },
      product: {
        productCharacteristic: Object.entries(characteristics)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => ({ name, value })),
      },
    },
  ],
});

/** Reports what became of the latest request, a minute from now: nobody answers in the instant of the question. */
async function report(order: string, what: string, data: Readonly<Record<string, unknown>>): Promise<string> {
  await stage.advance('PT1M');
  return stage.report(order, `${ITEM}.portReq`, 'npOrderId', `port.${what}`, data);
}
const reject = (order: string, code: string) => report(order, 'rejected', { code, note: 'Says the donor' });
const confirm = (order: string, date: string) =>
  report(order, 'confirmed', { confirmedPortDate: `${date}T00:00:00+01:00` });

/** The requests that the clearing house got for an order, as it answered them. */
const requests = (order: string) => stage.effects(order, 'np.request').map(({ outputs }) => outputs);
const lastDate = (order: string): string => String(requests(order).at(-1)?.portDate);

describe('a number from another operator', () => {
  it('comes on the first date that is possible, when numbers can be moved', async () => {
    const order = await stage.submit(portIn());
    const date = portDateFor({ requestedAt: await now() });
    expect(requests(order)).toEqual([{ npOrderId: expect.stringMatching(/^NP/), portDate: date }]);

    expect(await confirm(order, date)).toBe('applied');
    expect(stage.effects(order, 'np.complete')).toEqual([]);
    const { opens } = portWindow(date);
    await stage.platform.advanceTo(opens.getTime() - 60_000);
    expect(stage.effects(order, 'np.complete')).toEqual([]);
    await stage.platform.advanceTo(opens.getTime() + 60_000);

    expect((await stage.order(order)).state).toBe('completed');
    expect(await stage.milestones(order, '1')).toEqual(
      expect.arrayContaining(['PORT_DATE_CONFIRMED', 'NUMBER_PORTED', 'MOBILE_ACTIVE', 'COMPLETE']),
    );
    expect(stage.messages(order)).toEqual(
      expect.arrayContaining(['01.portReq.PORT_REQUESTED', '01.portComplete.PORT_COMPLETED']),
    );
    expect(stage.effects(order, 'billing.adjust')).toEqual([]);
  });

  it('is asked for only with the customer’s consent', async () => {
    const order = await stage.submit(portIn({ authoritySigned: false, authorityRef: undefined }));
    expect(requests(order)).toEqual([]);
    expect(stage.messages(order)).toContain('01.authority.PORT_AUTHORITY_REQUEST');
    await answer(order, { answer: 'Yes' });
    const { id } = await stage.workItem('ORDER_DESK', order, ITEM);
    expect((await stage.api.workItem(id)).failure).toMatchObject({
      step: 'portReq',
      error: 'InputIncomplete',
      cause: expect.stringContaining('consent'),
    });
    expect(requests(order)).toEqual([]);
    await correct(id, { authorityRef: 'AUTH-2' });
    expect(requests(order)).toHaveLength(1);
  });

  it('waits for a question that the customer finds and answers in the portal', async () => {
    const unsigned = { authoritySigned: false, authorityRef: undefined };
    const order = await stage.submit(portIn(unsigned));
    const path = `${ORDERS_PATH}/${order}/question`;
    const questions = async () => (await stage.api.request({ role: 'channel', path })).body;
    const id = `${ITEM}-PORT_AUTHORITY`;
    const say = async (of: string, body: unknown) => {
      const at = `${ORDERS_PATH}/${of}/question/${id}/answer`;
      const { status } = await stage.api.request({ role: 'channel', method: 'POST', path: at, body });
      await stage.settle();
      return status;
    };
    expect(await questions()).toMatchObject([
      {
        id,
        reason: 'PORT_AUTHORITY',
        fields: [{ id: 'answer' }, { id: 'authorityRef' }],
        answers: ['CONFIRM', 'DECLINE'],
        askedAt: expect.any(String),
        answerBy: expect.any(String),
      },
    ]);
    expect(await say(order, { answer: 'CONFIRM', corrections: { orderDate: 'x' } })).toBe(400);
    const signed = { answer: 'CONFIRM', corrections: { authorityRef: 'AUTH-3' } };
    expect(await say(order, signed)).toBe(200);
    expect(requests(order)).toHaveLength(1);
    expect(await questions()).toEqual([]);
    expect(await say(order, { answer: 'DECLINE' })).toBe(422);

    const unwanted = await stage.submit(portIn(unsigned));
    expect(await say(unwanted, { answer: 'DECLINE', note: 'Stays where it is' })).toBe(200);
    expect((await stage.order(unwanted)).state).toBe('cancelled');
    expect(requests(unwanted)).toEqual([]);
  });

  it('that comes late is compensated, by the day', async () => {
    const order = await stage.submit(portIn());
    const promised = lastDate(order);
    const late = nextWorkingDay(nextWorkingDay(promised));
    await confirm(order, late);
    await stage.platform.advanceTo(portWindow(late).opens.getTime() + 60_000);
    const days = (Date.parse(late) - Date.parse(promised)) / (24 * 3600 * 1000);
    expect(stage.effects(order, 'billing.adjust').map(({ step }) => step)).toEqual(['01.lateComp']);
    expect(stage.effects(order, 'billing.adjust')[0]?.outputs).toMatchObject({ chargeId: expect.anything() });
    expect(days).toBeGreaterThan(0);
    expect(stage.messages(order)).toContain('01.lateComp.PORT_LATE_COMPENSATION');
    expect((await stage.order(order)).state).toBe('completed');
  });
});

/** An order for internet and telephony on a line that is there, with the customer's own number. */
const homeOrder = {
  relatedParty: [{ id: 'customer-2', role: 'customer', '@referredType': 'Individual' }],
  billingAccount: { id: 'account-2' },
  place: [{ id: 'address-2', role: 'installationAddress', '@type': 'GeographicAddress' }],
  productOrderItem: [
    {
      id: '1',
      action: 'add',
      productOffering: { id: 'voip-home' },
      product: {
        productCharacteristic: Object.entries({
          numberSource: 'port-in',
          number: '+4533123456',
          donor: 'OP001',
          authoritySigned: true,
          authorityRef: 'AUTH-1',
          lineId: 'LINE-1',
          serialNumber: 'R70000012345',
        }).map(([name, value]) => ({ name, value })),
      },
    },
    {
      id: '2',
      action: 'add',
      productOffering: { id: 'internet-1000' },
      product: { productCharacteristic: [{ name: 'lineId', value: 'LINE-1' }] },
    },
  ],
};

describe('a number whose service is ready at night', () => {
  it('is moved when the clearing house opens, and not before', async () => {
    stage.script({ operation: 'internet.provision' }, { kind: 'reject', code: 'DUPLICATE_LINE' });
    const order = await stage.submit(homeOrder);
    const date = lastDate(order);
    await confirm(order, date);
    const { opens } = portWindow(nextWorkingDay(date));
    await stage.platform.advanceTo(opens.getTime() - 3 * HOUR);
    const { id } = await stage.workItem('ACTIVATION_FALLOUT', order, '02');
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The old account is gone' });
    expect(await stage.milestones(order, '2')).toContain('INTERNET_ACTIVE');

    await stage.platform.advanceTo(opens.getTime() - 60_000);
    expect(stage.effects(order, 'np.complete')).toEqual([]);
    expect((await stage.item(order, '1')).state).toBe('inProgress');
    await stage.platform.advanceTo(opens.getTime() + 60_000);
    expect(stage.effects(order, 'np.complete')).toHaveLength(1);
    expect((await stage.order(order)).state).toBe('completed');
  });
});

const answer = async (order: string, data: Readonly<Record<string, unknown>>) => {
  await stage.api.send({
    id: `answer-${order}`,
    source: '/portal',
    type: 'milepost.answer.given',
    subject: `${order}-${ITEM}/PORT_AUTHORITY`,
    time: (await now()).toISOString(),
    data,
  });
  await stage.settle();
};

const correct = (id: string, corrections: Readonly<Record<string, unknown>>) =>
  stage.act(id, 'resolve', { action: 'CORRECT_AND_RETRY', reason: 'As the customer says', corrections });

describe('a donor that refuses', () => {
  /** Answered in the portal. */
  const CUSTOMER = 'the customer';
  /** The customer says what is right. */
  const tell = async (order: string, reason: string, corrections: Readonly<Record<string, unknown>>) => {
    await stage.settle();
    const path = `${ORDERS_PATH}/${order}/question`;
    const { body } = await stage.api.request({ role: 'channel', path });
    const [question] = z.array(z.looseObject({ id: z.string(), reason: z.string() })).parse(body);
    expect(question?.reason).toBe(reason);
    await stage.advance('PT1M');
    await stage.api.request({
      role: 'channel',
      method: 'POST',
      path: `${path}/${question?.id}/answer`,
      body: { answer: 'CONFIRM', corrections },
    });
    await stage.settle();
  };

  it('is asked again with what was wrong put right, as often as it takes', async () => {
    const order = await stage.submit(portIn());
    const first = lastDate(order);
    await reject(order, 'NP04_WRONG_DONOR');
    expect(stage.effects(order, 'np.find-operator')).toHaveLength(1);
    await reject(order, 'NP06_DATE_INVALID');
    expect(lastDate(order)).toBe(nextWorkingDay(first));
    await reject(order, 'NP09_PREPAID_POSTPAID');
    expect(requests(order)).toHaveLength(4);

    await reject(order, 'NP06_DATE_INVALID');
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    expect((await stage.item(order, '1')).state).toBe('held');
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The donor was called' });
    await confirm(order, lastDate(order));
    await stage.platform.advanceTo(portWindow(lastDate(order)).opens.getTime() + 60_000);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('for what a person must put right is asked again with it, time and again for one order', async () => {
    const order = await stage.submit(portIn());
    const corrections = [
      ['NP01_UNKNOWN_NUMBER', CUSTOMER, { number: '+4520123457' }],
      ['NP02_ICC_MISMATCH', CUSTOMER, { donorIccid: '8945010000000000002' }],
      ['NP03_CUSTOMER_ID_MISMATCH', CUSTOMER, { donorCustomerId: 'CVR-1' }],
      ['NP05_PORT_IN_PROGRESS', 'NUMBER_PORTING', { donor: 'OP002' }],
      ['NP07_NOT_PORTABLE', CUSTOMER, { number: '+4520123458' }],
      ['NP08_MULTI_NUMBER', 'NUMBER_PORTING', { number: '+4520123459' }],
      ['NP10_AUTHORITY_MISSING', CUSTOMER, { authorityRef: 'AUTH-3' }],
      ['NP11_TERMINATED_TOO_LONG', CUSTOMER, { number: '+4520123460' }],
      ['NP12_FRAUD_SUSPECTED', 'FRAUD_REVIEW', { authorityRef: 'AUTH-4' }],
      ['NP99_OTHER', 'NUMBER_PORTING', { donor: 'OP003' }],
    ] as const;
    for (const [code, desk, corrected] of corrections) {
      await reject(order, code);
      if (desk === CUSTOMER) {
        await tell(order, code, corrected);
      } else {
        const { id, step } = await stage.workItem(desk, order, ITEM);
        expect([step, (await stage.api.workItem(id)).failure?.error]).toEqual(['portReq', code]);
        await correct(id, corrected);
      }
    }
    expect(new Set(requests(order).map(({ npOrderId }) => npOrderId)).size).toBe(corrections.length + 1);
    expect((await stage.item(order, '1')).state).toBe('inProgress');
    expect(await confirm(order, lastDate(order))).toBe('applied');
  });

  it('because the customer took it back has the item cancelled', async () => {
    const order = await stage.submit(portIn());
    await reject(order, 'NP13_CUSTOMER_CANCELLED');
    expect((await stage.order(order)).state).toBe('cancelled');
    expect(stage.effects(order, 'sim.release')).toHaveLength(1);
  });

  it('by saying nothing for a day is for the porting desk', async () => {
    const order = await stage.submit(portIn());
    await stage.advance('P1DT1H');
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    expect((await stage.api.workItem(id)).failure).toMatchObject({
      step: 'portConfirm',
      error: 'NO_RESPONSE',
    });
  });
});

describe('a number that left by mistake', () => {
  it('is bridged, comes back at once, and is compensated', async () => {
    const order = await stage.submit(
      orderFor('number-restore', { number: NUMBER, cause: 'mistake', mobile: true, authorityRef: 'AUTH-9' }),
    );
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    await stage.act(id, 'claim');
    await stage.act(id, 'complete', { decision: 'APPROVE', ok: true });
    expect(stage.steps(order, 'mobile.provision')).toEqual(['01.bridge']);
    const date = lastDate(order);
    expect(date <= workingDayFrom(calendarDate(nextPortMoment(await now())))).toBe(true);
    await confirm(order, date);
    await stage.platform.advanceTo(
      Math.max(portWindow(date).opens.getTime(), (await now()).getTime()) + 60_000,
    );
    expect(await stage.milestones(order, '1')).toContain('NUMBER_PORTED');
    expect(stage.steps(order, 'billing.adjust')).toEqual(['01.compensate']);
    expect((await stage.order(order)).state).toBe('completed');
  });
});

describe('a number that another operator asks for', () => {
  /** Sends the clearing house's question. */
  const askFor = async (npOrderId: string, data: Readonly<Record<string, unknown>> = {}) => {
    const received = await stage.api.receive({
      id: `request-${npOrderId}`,
      source: '/clearing-house',
      type: 'milepost.port.requested',
      subject: npOrderId,
      time: (await now()).toISOString(),
      data: { number: NUMBER, numberType: 'mobile', npOrderId, recipient: 'OP777', ...data },
    });
    await stage.settle();
    return received;
  };
  const tell = async (npOrderId: string, what: string, data: Readonly<Record<string, unknown>> = {}) => {
    const status = await stage.api.send({
      id: `${what}-${npOrderId}`,
      source: '/clearing-house',
      type: `milepost.port.${what}`,
      subject: npOrderId,
      time: (await now()).toISOString(),
      data,
    });
    await stage.settle();
    return status;
  };

  it('begins an order, once however often it is asked for, and leaves on the date', async () => {
    const { status, order = '' } = await askFor('NP-OUT-1');
    expect(status).toBe('applied');
    expect(await askFor('NP-OUT-1')).toEqual({ id: 'request-NP-OUT-1', status: 'duplicate' });

    expect(stage.effects(order, 'np.respond')).toHaveLength(1);
    expect(await stage.milestones(order, '1')).toContain('PORT_DATE_CONFIRMED');
    expect(stage.messages(order)).toContain('01.lock.PORT_OUT_NOTICE');
    expect(stage.effects(order, 'mobile.deprovision')).toEqual([]);

    expect(await tell('NP-OUT-1', 'completed', { portedAt: (await now()).toISOString() })).toBe('applied');
    expect(stage.effects(order, 'mobile.deprovision')).toHaveLength(1);
    expect(stage.effects(order, 'billing.stop')).toHaveLength(1);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('stays when the date is none for porting', async () => {
    const { order = '' } = await askFor('NP-OUT-2', { portDate: '2026-12-25' });
    expect(stage.effects(order, 'np.respond')).toHaveLength(1);
    expect(stage.effects(order, 'mobile.deprovision')).toEqual([]);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('is looked at by the fraud desk when the customer says stop, and stays when the other operator takes it back', async () => {
    const { order = '' } = await askFor('NP-OUT-3');
    await stage.advance('PT1M');
    expect(await tell('NP-OUT-3', 'stopped', { note: 'Not by me' })).toBe('applied');
    const { id } = await stage.workItem('FRAUD_REVIEW', order, ITEM);
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The recipient takes it back' });
    await stage.advance('PT1M');
    expect(await tell('NP-OUT-3', 'cancelled')).toBe('applied');
    expect(stage.effects(order, 'mobile.deprovision')).toEqual([]);
    expect((await stage.order(order)).state).toBe('completed');
    expect(await stage.milestones(order, '1')).not.toContain('NUMBER_PORTED');
  });

  /** A number that is to leave and has not left two days after its date; answers its order and date. */
  const overdue = async (npOrderId: string) => {
    const { order = '' } = await askFor(npOrderId);
    const date = nextWorkingDay(calendarDate(await now()));
    await stage.platform.advanceTo(Date.parse(date) + 3 * DAY);
    return order;
  };
  /** The porting desk's work item for what did not leave in time. */
  const notCompleted = async (order: string) => {
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    const item = await stage.api.workItem(id);
    expect(item.failure).toMatchObject({ step: 'npDone', error: 'NOT_COMPLETED_IN_WINDOW' });
    return item;
  };

  it('that has not left in time is waited for anew when the porting desk tries again', async () => {
    const order = await overdue('NP-OUT-5');
    const { id } = await notCompleted(order);
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The recipient is late' });
    await stage.advance('P1D');
    expect(await stage.desk('NUMBER_PORTING', order)).toEqual([]);
    expect(await tell('NP-OUT-5', 'completed', { portedAt: (await now()).toISOString() })).toBe('applied');
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('that leaves on a later date is waited for until two days after that', async () => {
    const order = await overdue('NP-OUT-6');
    const { id, inputs } = await notCompleted(order);
    expect(inputs?.map((field) => field.id)).toEqual(['npOrderId', 'newPortDate']);
    const newPortDate = calendarDate(new Date((await now()).getTime() + 10 * DAY));
    await correct(id, { newPortDate });
    await stage.advance('P11D');
    expect(await stage.desk('NUMBER_PORTING', order)).toEqual([]);
    await stage.advance('P2D');
    await notCompleted(order);
  });

  it('is not asked for without saying which', async () => {
    await expect(askFor('NP-OUT-4', { number: 'mine' })).rejects.toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/data/number' }] },
    });
  });
});

describe('the routing of many numbers', () => {
  const submit = () =>
    stage.submit(
      orderFor('number-routing-change', { numbers: [NUMBER, '+4520123457'], newRouting: 'RN4711' }),
    );
  /** The beginning of a working day's window, some days from now. */
  const windowIn = async (days: number) =>
    portWindow(workingDayFrom(calendarDate(new Date((await now()).getTime() + days * DAY)))).opens;
  /** The porting desk agrees a window that begins then; answers what the desk was told of the one before. */
  const agree = async (order: string, windowStart: Date) => {
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    const { context } = await stage.api.workItem(id);
    await stage.act(id, 'claim');
    const body = { decision: 'APPROVE', windowStart: windowStart.toISOString(), ok: true };
    await stage.act(id, 'complete', body);
    return context.rejectedBecause;
  };
  const hold = async (order: string, what: 'suspend' | 'resume') => {
    const path = `${ORDERS_PATH}/${order}/${what}`;
    await stage.api.request({ role: 'ops', method: 'POST', path, body: { reason: 'Is looked into' } });
    await stage.settle();
  };
  /** The changes that the clearing house has made for an order: the step, and the routing that it set. */
  const changes = (order: string) =>
    stage.effects(order, 'np.change').map(({ step, input }) => [step, input.newRouting]);

  it('changes in a service window with enough notice; for one that was missed the porting desk agrees another', async () => {
    stage.script({ operation: 'np.change' }, { kind: 'reject', code: 'WINDOW_OVER', detail: 'Closed early' });
    const order = await submit();
    expect(await agree(order, await windowIn(7))).toBeUndefined();
    const missed = await windowIn(15);
    expect(await agree(order, missed)).toContain("14 days' notice");
    await hold(order, 'suspend');
    await stage.platform.advanceTo(missed.getTime() + DAY);
    await hold(order, 'resume');

    const closed = await windowIn(15);
    expect(await agree(order, closed)).toContain(`The service window of ${missed.toISOString()}`);
    await stage.platform.advanceTo(closed.getTime() + 60_000);

    const last = await windowIn(15);
    expect(await agree(order, last)).toContain('Closed early');
    await stage.platform.advanceTo(last.getTime() - 60_000);
    expect(changes(order)).toEqual([]);
    await stage.platform.advanceTo(last.getTime() + 60_000);
    expect(changes(order)).toEqual([['01.change', 'RN4711']]);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('is not begun in a window that has too little time left for them: the porting desk agrees another', async () => {
    const order = await submit();
    const { closes } = portWindow(calendarDate(await windowIn(15)));
    expect(await agree(order, new Date(closes.getTime() - HOUR / 6))).toBeUndefined();
    const next = await windowIn(15);
    expect(await agree(order, next)).toContain('do not fit into a window');
    await stage.platform.advanceTo(next.getTime() + 60_000);
    expect((await stage.order(order)).state).toBe('completed');
  });

  it('may have changed without an answer: that is asked after the window too, and taken back when the order is given up', async () => {
    stage.script({ operation: 'np.change' }, { kind: 'lost', times: ATTEMPTS });
    stage.script({ operation: 'inventory.update' }, { kind: 'reject', code: 'CONFLICT' });
    const order = await submit();
    const start = await windowIn(15);
    await agree(order, start);
    await stage.platform.advanceTo(start.getTime() + DAY);
    const { id } = await stage.workItem('NUMBER_PORTING', order, ITEM);
    expect((await stage.api.workItem(id)).failure).toMatchObject({ step: 'change', error: 'Timeout' });
    await stage.act(id, 'resolve', { action: 'RETRY', reason: 'The clearing house answers again' });
    const [change] = stage.effects(order, 'np.change');
    const [failed] = await stage.desk('ORDER_DESK', order);
    const givesUp = { action: 'CANCEL_ITEM', reason: 'Not wanted any more' };
    await stage.act(failed?.id ?? '', 'resolve', givesUp);
    expect(changes(order)).toEqual([
      ['01.change', 'RN4711'],
      ['01.change.undo', change?.outputs.previousRouting],
    ]);
    expect((await stage.order(order)).state).toBe('cancelled');
  });
});

/** How often a call is tried before a person looks. */
const ATTEMPTS = 7;
const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
