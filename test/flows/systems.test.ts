import { beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

const mobileOnly = {
  relatedParty: [{ id: 'customer-1', role: 'customer', '@referredType': 'Individual' }],
  productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'mobile-postpaid-20gb' } }],
};

describe('an underlying system that fails', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  it('is called again, with one effect although the first answer got lost', async () => {
    stage.script(
      { operation: 'mobile.provision' },
      { kind: 'lost' },
      { kind: 'fail', status: 503 },
      { kind: 'pending' },
    );
    const order = await stage.submit(mobileOnly);
    expect((await stage.order(order)).state).toBe('inProgress');
    await stage.advance('PT1H');
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'mobile.provision')).toHaveLength(1);
  });

  it('becomes work for a desk when retries are used up; a retry there resumes the flow', async () => {
    stage.script({ operation: 'mobile.provision' }, { kind: 'fail', status: 500, times: 'always' });
    const order = await stage.submit(mobileOnly);
    await stage.advance('P1D');
    expect((await stage.item(order, '1')).state).toBe('held');
    const fallout = await stage.workItem('MOBILE_OPS', order, '01');
    expect(await stage.api.workItem(fallout.id)).toMatchObject({
      kind: 'fallout',
      failure: { step: 'provision', error: 'Unavailable' },
      actions: expect.arrayContaining([
        'RETRY',
        'COMPLETE_BY_HAND',
        'SKIP',
        'CANCEL_ITEM',
        'FAIL_ITEM',
        'REASSIGN',
      ]),
    });

    stage.simulator.reset();
    await stage.act(fallout.id, 'resolve', { action: 'RETRY', reason: 'The system is back' });
    expect((await stage.order(order)).state).toBe('completed');
    expect(stage.effects(order, 'mobile.provision')).toHaveLength(1);
  });

  it('is not called again after it said no: the rule of the task decides at once', async () => {
    stage.script({ operation: 'service.test' }, { kind: 'reject', code: 'TEST_FAILED', times: 'always' });
    stage.script({ operation: 'number.reserve' }, { kind: 'reject', code: 'POOL_EMPTY' });
    const order = await stage.submit(mobileOnly);
    const [fallout] = await stage.desk('NUMBER_PORTING', order);
    expect(fallout).toMatchObject({ kind: 'fallout', suborder: '01', step: 'number' });
    expect(stage.effects(order, 'sim.assign')).toEqual([]);
  });
});
