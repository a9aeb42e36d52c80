import { beforeEach, describe, expect, it } from 'vitest';
import { ApiError, CANCELLATIONS_PATH } from '#scripts/api.ts';
import { fillIn } from '#scripts/demo/world.ts';
import { compensationOf, taskNamed } from '#shared/tasks/registry.ts';
import { Stage } from '#test/support/stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.open();
});

/** Sold at a distance without consent to start early: nothing is started for fourteen days. */
const later = (...offerings: readonly string[]) => ({
  relatedParty: [{ id: 'customer-8', role: 'customer', '@referredType': 'Individual' }],
  category: 'residential',
  channel: [{ id: 'portal', role: 'distanceSale' }],
  productOrderItem: offerings.map((offering, index) => ({
    id: String(index + 1),
    action: 'add',
    productOffering: { id: offering },
  })),
});

const states = async (order: string) => {
  const { state, productOrderItem } = await stage.order(order);
  return { order: state, items: productOrderItem.map((item) => `${item.id} ${item.state}`) };
};

/** Cancels, and answers what has become of that by now. */
async function cancel(order: string, ...items: readonly string[]) {
  const { id } = await stage.api.cancel(order, items.length > 0 ? items : undefined);
  await stage.settle();
  return stage.api.cancellation(id);
}

const refusal = async (attempt: Promise<unknown>) => {
  const error = await attempt.catch((caught: unknown) => caught);
  if (!(error instanceof ApiError)) throw new Error('It was not refused');
  return { status: error.status, body: error.body };
};

/** The steps of a suborder that a system did and undid, in their order. */
const undoneBy = (order: string, suborder: string) => {
  const steps = stage.effects(order).flatMap(({ step = '' }) => {
    const [number, name = '', what] = step.split('.');
    return number === suborder ? [{ name, undo: what === 'undo' }] : [];
  });
  return steps.filter(({ undo }) => undo).map(({ name }) => name);
};

describe('an order that is cancelled', () => {
  it('is undone in the reverse order, each step once, and its work items leave their desks with a note', async () => {
    const order = await stage.submit();
    const pick = await stage.workItem('LOGISTICS_PICK', order, '03');
    await stage.act(pick.id, 'claim', undefined, 'logistics');
    const task = await cancel(order);
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);
    expect(await stage.api.workItem(pick.id, 'logistics')).toMatchObject({
      state: 'closed',
      result: { note: 'The suborder is cancelled' },
    });
    await stage.advance('PT1H');
    const { order: state, items } = await states(order);
    // Mobile was complete: what a customer has is ended by an order of its own.
    expect(items).toEqual([...['1', '2', '3', '4', '5', '6'].map((id) => `${id} cancelled`), '7 completed']);
    expect(state).toBe('partial');
    expect(undoneBy(order, '03')).toEqual(['reserve', 'lock']);
    expect(undoneBy(order, '01')).toEqual(['reserve', 'assign', 'lock']);
    expect(stage.simulator.doubleEffects().undoneTwice).toEqual([]);
    expect(await stage.api.cancellation(task.id)).toMatchObject({
      state: 'done',
      effectiveCancellationDate: expect.any(String),
    });
  });

  it('is not started when nothing has been started: the withdrawal period', async () => {
    const order = await stage.submit(later('mobile-postpaid-20gb'));
    const { state } = await cancel(order);
    expect(state).toBe('done');
    expect(await states(order)).toEqual({ order: 'cancelled', items: ['1 cancelled'] });
    await stage.advance('P15D');
    expect(stage.effects(order, 'mobile.provision')).toEqual([]);
    expect(stage.messages(order)).toContain('00.order.ORDER_CANCELLED');
  });

  it('is the same order, cancelled once, when it is asked for again', async () => {
    const order = await stage.submit(later('mobile-postpaid-20gb'));
    const body = { productOrder: { id: order } };
    const post = (headers = {}) =>
      stage.api.request({ role: 'channel', method: 'POST', path: CANCELLATIONS_PATH, body, headers });
    const [first, second] = [
      await post({ 'idempotency-key': 'c-1' }),
      await post({ 'idempotency-key': 'c-1' }),
    ];
    expect([first.status, second.status]).toEqual([201, 200]);
    const { id } = await stage.api.cancel(order);
    await stage.settle();
    expect(first.headers.get('location')).toBe(`${CANCELLATIONS_PATH}/${id}`);
    expect((await stage.api.cancel(order)).state).toBe('done');
    const list = await stage.api.request({
      role: 'channel',
      path: `${CANCELLATIONS_PATH}?productOrder.id=${order}`,
    });
    expect(list.body).toMatchObject([{ id, state: 'done' }]);
    const done = await stage.api.request({ role: 'channel', path: `${CANCELLATIONS_PATH}?state=done` });
    expect(done.body).toMatchObject(expect.arrayContaining([expect.objectContaining({ id })]));
  });

  it('has not been: it is complete, or there is none', async () => {
    const order = await stage.submit({
      ...later('mobile-postpaid-20gb'),
      channel: [],
    });
    expect((await stage.order(order)).state).toBe('completed');
    expect(await refusal(stage.api.cancel(order))).toMatchObject({
      status: 422,
      body: { message: `Order ${order} is completed: nothing is left to cancel` },
    });
    expect(await refusal(stage.api.cancel('0000000000'))).toMatchObject({ status: 404 });
  });
});

describe('items that are cancelled', () => {
  it('take with them what depends on them; the others go on', async () => {
    const order = await stage.submit();
    expect(await refusal(stage.api.cancel(order, ['9']))).toMatchObject({
      status: 400,
      body: { pointer: '/productOrderItem/0/id' },
    });
    const task = await cancel(order, '2');
    expect(task.cancelledProductOrderItem.map(({ id }) => id)).toEqual(['2', '5', '6']);
    await stage.advance('PT1H');
    expect((await states(order)).items).toEqual([
      '1 inProgress',
      '2 cancelled',
      '3 inProgress',
      '4 inProgress',
      '5 cancelled',
      '6 cancelled',
      '7 completed',
    ]);
    expect(await stage.api.cancellation(task.id)).toMatchObject({ state: 'done' });
    expect(undoneBy(order, '06')).toEqual(['number', 'lock']);

    // What has been shipped comes back, and the customer is told.
    await stage.pick(order, '04');
    const { cancellationCharge } = await cancel(order, '4');
    expect(cancellationCharge).toMatchObject([{ productOrderItem: { id: '4' }, step: 'ship' }]);
    await stage.advance('PT1H');
    expect(undoneBy(order, '04')).toContain('ship');
    expect(stage.messages(order)).toContainEqual(expect.stringMatching(/CANCELLATION_CHARGED$/));

    // Mobile is complete: it is not cancelled, and the order goes on.
    const { state, cancelProductOrderErrorMessage } = await cancel(order, '7');
    expect(state).toBe('terminatedWithError');
    expect(cancelProductOrderErrorMessage).toMatchObject([
      { code: 'ITEM_COMPLETE', productOrderItem: [{ id: '7' }] },
    ]);
  });

  it('are not started when they were cancelled while the order waited', async () => {
    const order = await stage.submit(later('mobile-postpaid-20gb', 'mobile-postpaid-20gb'));
    const task = await cancel(order, '2');
    expect(task.state).toBe('inProgress');
    await stage.advance('P15D');
    expect((await states(order)).items).toEqual(['1 completed', '2 cancelled']);
    expect(await stage.api.cancellation(task.id)).toMatchObject({ state: 'done' });
    expect(stage.effects(order).filter(({ step = '' }) => step.startsWith('02.'))).toEqual([]);
  });
});

/** What the systems did for an order and can take back, and what they took back by a cancel. */
function balance(order: string) {
  const effects = stage.effects(order).filter(({ step }) => step !== undefined);
  const isUndo = (step: string) => step.endsWith('.undo');
  const forward = effects.filter(({ step = '' }) => !isUndo(step));
  const takenBack = new Set(forward.map(({ undoes }) => undoes));
  return {
    done: forward
      .filter(({ key, operation }) => compensationOf(taskNamed(operation)) && !takenBack.has(key))
      .map(({ step }) => step),
    undone: effects.filter(({ step = '' }) => isUndo(step)).map(({ step = '' }) => step.replace('.undo', '')),
  };
}

describe('a cancel at any moment', () => {
  it.each([
    ['mobile.provision', 'provision'],
    // The asset is free by that already.
    ['asset.unlock', 'bill'],
  ])('undoes %s too when its answer was lost, and takes nothing back twice', async (operation, latest) => {
    stage.script({ operation }, { kind: 'lost' });
    const order = await stage.submit({ ...later('mobile-postpaid-20gb'), channel: [] });
    expect(stage.effects(order, operation)).toHaveLength(1);
    await cancel(order);
    await stage.advance('PT1H');
    expect(await states(order)).toEqual({ order: 'cancelled', items: ['1 cancelled'] });
    const { done, undone } = balance(order);
    expect(undone).toEqual(done.toReversed());
    expect(undone[0]).toBe(`01.${latest}`);
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });

  describe('when a step came to its desk because no attempt was answered', () => {
    /** Each attempt until the retries end. */
    const ATTEMPTS = 7;

    /** An order whose step was done, of which nobody knows. */
    async function unanswered(offering: string, operation: string, times = ATTEMPTS): Promise<string> {
      stage.script({ operation }, { kind: 'lost', times });
      const order = await stage.submit({ ...later(offering), channel: [] });
      await stage.advance('PT1H');
      expect((await stage.item(order, '1')).state).toBe('held');
      expect(stage.effects(order, operation)).toHaveLength(1);
      return order;
    }

    async function expectAllUndone(order: string, state: 'cancelled' | 'failed', latest: string) {
      await stage.advance('PT1H');
      expect(await states(order)).toEqual({ order: state, items: [`1 ${state}`] });
      const { done, undone } = balance(order);
      expect(undone).toEqual(done.toReversed());
      expect(undone[0]).toBe(`01.${latest}`);
      expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
    }

    it.each([
      ['mobile.provision', 'MOBILE_OPS', 'provision'],
      ['asset.unlock', 'ORDER_DESK', 'bill'],
    ] as const)(
      'has the system asked for %s once more, and undoes what it did',
      async (operation, desk, latest) => {
        const order = await unanswered('mobile-postpaid-20gb', operation);
        await cancel(order);
        expect(await stage.desk(desk, order)).toEqual([]);
        await expectAllUndone(order, 'cancelled', latest);
      },
    );

    it.each([
      ['CANCEL_ITEM', 'cancelled'],
      ['FAIL_ITEM', 'failed'],
    ] as const)('does so too when the desk decides %s', async (action, state) => {
      const order = await unanswered('mobile-postpaid-20gb', 'mobile.provision');
      const { id } = await stage.workItem('MOBILE_OPS', order, '01');
      await stage.act(id, 'resolve', { action, reason: 'Not wanted any more' });
      await expectAllUndone(order, state, 'provision');
    });

    it('has nothing to undo when the system answers that it will not do it', async () => {
      stage.script(
        { operation: 'mobile.provision' },
        { kind: 'fail', times: ATTEMPTS },
        { kind: 'reject', code: 'PROFILE_INVALID' },
      );
      const order = await stage.submit({ ...later('mobile-postpaid-20gb'), channel: [] });
      await stage.advance('PT1H');
      await cancel(order);
      await stage.advance('PT1H');
      expect((await states(order)).order).toBe('cancelled');
      expect(stage.effects(order, 'mobile.provision')).toEqual([]);
      const { done, undone } = balance(order);
      expect(undone).toEqual(done.toReversed());
    });

    it('brings its undo to the desk when the system still does not answer', async () => {
      const order = await unanswered('mobile-postpaid-20gb', 'mobile.provision', 2 * ATTEMPTS);
      const task = await cancel(order);
      await stage.advance('PT1H');
      expect(await stage.api.cancellation(task.id)).toMatchObject({ state: 'inProgress' });
      const { id } = await stage.workItem('ACTIVATION_FALLOUT', order, '01');
      expect(await stage.api.workItem(id)).toMatchObject({
        failure: { step: 'provision', error: 'Timeout', undo: 'mobile.deprovision' },
        actions: ['RETRY', 'COMPLETE_BY_HAND', 'REASSIGN'],
      });
      await stage.act(id, 'resolve', { action: 'RETRY', reason: 'It is up again' });
      await expectAllUndone(order, 'cancelled', 'provision');
      expect(await stage.api.cancellation(task.id)).toMatchObject({ state: 'done' });
    });

    it('waits until calls may go out again before it is asked for', async () => {
      const order = await unanswered('mobile-postpaid-20gb', 'mobile.provision');
      const incident = { kind: 'system', name: 'hss-ocs', reason: 'INC-7' };
      await stage.api.request({ role: 'ops', method: 'POST', path: '/incident-switches', body: incident });
      await stage.advance('PT1M');
      await cancel(order);
      await stage.advance('PT1H');
      expect((await states(order)).order).toBe('pendingCancellation');
      const off = '/incident-switches/system:hss-ocs/off';
      await stage.api.request({ role: 'ops', method: 'POST', path: off });
      await expectAllUndone(order, 'cancelled', 'provision');
    });

    it('is undone as what was done beside it is', async () => {
      stage.script({ operation: 'cpe.provision' }, { kind: 'lost', times: ATTEMPTS });
      const place = [{ id: 'addr-77', role: 'installationAddress' }];
      const order = await stage.submit({ ...later('set-top-box-4k'), place, channel: [] });
      await stage.pick(order, '01');
      await stage.advance('PT1H');
      expect(stage.steps(order, 'cpe.provision')).toEqual(['01.provision']);
      await cancel(order);
      await stage.advance('PT1H');
      const back = await stage.workItem('LOGISTICS_RETURNS', order, '01');
      expect(undoneBy(order, '01')).toEqual(['provision', 'ship']);
      const { form } = await stage.api.workItem(back.id);
      await stage.act(back.id, 'complete', fillIn(form));
      expect((await states(order)).order).toBe('cancelled');
      expect(undoneBy(order, '01')).toEqual(['provision', 'ship', 'reserve', 'lock']);
      expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
    });

    it('goes on when the desk has taken back by hand what nobody could ask for', async () => {
      const order = await unanswered('mobile-postpaid-20gb', 'mobile.provision', 2 * ATTEMPTS);
      await cancel(order);
      await stage.advance('PT1H');
      const { id } = await stage.workItem('ACTIVATION_FALLOUT', order, '01');
      await stage.act(id, 'resolve', { action: 'COMPLETE_BY_HAND', reason: 'Taken out in the HLR' });
      await stage.advance('PT1H');
      expect((await states(order)).order).toBe('cancelled');
      const { done, undone } = balance(order);
      expect(undone).toEqual(done.toReversed().filter((step) => step !== '01.provision'));
    });
  });

  it('leaves nothing behind: what was done is undone, each step once, the last one first', async () => {
    const document = { ...later('mobile-postpaid-20gb', 'mobile-postpaid-20gb'), channel: [] };
    const racing = Array.from({ length: 16 }, async (_, index) => {
      const { id } = await stage.api.submit(document);
      // The order goes on while it is looked at: each is cancelled a little later than the one before.
      for (let looks = 0; looks < index * 2; looks += 1) await stage.api.order(id);
      const answer = await stage.api.request({
        role: 'channel',
        method: 'POST',
        path: CANCELLATIONS_PATH,
        body: { productOrder: { id } },
      });
      return { id, status: answer.status };
    });
    const orders = await Promise.all(racing);
    await stage.advance('PT1H');
    const progress = new Set(orders.map(({ id }) => balance(id).done.length));
    expect(progress.size).toBeGreaterThan(1);
    for (const { id } of orders) {
      const { items } = await states(id);
      const { done, undone } = balance(id);
      for (const [item = '', state] of items.map((text) => text.split(' '))) {
        expect(['cancelled', 'completed']).toContain(state);
        const own = (steps: readonly (string | undefined)[]) =>
          steps.filter((step) => step?.startsWith(`0${item}.`));
        expect(own(undone)).toEqual(state === 'cancelled' ? own(done).toReversed() : []);
      }
    }
    expect(stage.simulator.doubleEffects()).toMatchObject({ byKey: [], undoneTwice: [] });
  });
});
