import { beforeEach, describe, expect, it } from 'vitest';
import { Stage } from '#test/support/stage.ts';

describe('an item that cannot be delivered', () => {
  let stage: Stage;

  beforeEach(async () => {
    stage = await Stage.open();
  });

  it('is undone in the reverse order, cancels what depends on it, and leaves mobile alone', async () => {
    stage.script({ operation: 'access.activate' }, { kind: 'reject', code: 'PORT_FAULTY' });
    const order = await stage.submit();
    for (const suborder of ['01', '03', '04']) await stage.pick(order, suborder);
    await stage.visit(order, '01');
    const fallout = await stage.workItem('NETWORK_ENGINEERING', order, '01');
    await stage.act(fallout.id, 'resolve', {
      action: 'CANCEL_ITEM',
      reason: 'The line cannot be repaired',
    });
    await stage.advance('PT1H');

    const undone = stage
      .effects(order)
      .filter(({ step, undoes }) => step?.startsWith('01.') && undoes !== undefined)
      .map(({ step }) => step);
    const steps = undone.map((step) => step?.split('.')[1]);
    expect(steps).toEqual(['dispatch', 'book', 'reserve', 'assign', 'lock']);
  });

  it('cancels an order at an address that cannot be served, but for mobile', async () => {
    stage.script({ operation: 'serviceability.check' }, { kind: 'reject', code: 'NOT_SERVICEABLE' });
    const order = await stage.submit();
    await stage.advance('PT1H');
    const { state, productOrderItem } = await stage.order(order);
    expect(productOrderItem.map((item) => `${item.id} ${item.state}`)).toEqual([
      '1 cancelled',
      '2 cancelled',
      '3 cancelled',
      '4 cancelled',
      '5 cancelled',
      '6 cancelled',
      '7 completed',
    ]);
    expect(state).toBe('partial');
    expect(stage.messages(order)).toContain('01.qualify.NOT_SERVICEABLE');

    // Everything that was done for the cancelled items was taken back, the latest first, each once.
    const taken = stage.effects(order).filter(({ undoes }) => undoes !== undefined);
    const doneBy = (suborder: string) =>
      stage
        .effects(order)
        .filter(({ step, undoes }) => step?.startsWith(`${suborder}.`) && undoes === undefined)
        .map(({ key }) => key);
    for (const suborder of ['01', '02', '03', '04', '05', '06']) {
      const undoes = taken
        .filter(({ step }) => step?.startsWith(`${suborder}.`))
        .map((effect) => effect.undoes);
      const undoable = doneBy(suborder).filter((key) => undoes.includes(key));
      expect(undoes, suborder).toEqual(undoable.toReversed());
      expect(undoes.length, suborder).toBeGreaterThan(0);
    }
    expect(taken.filter(({ step }) => step?.startsWith('07.'))).toEqual([]);
    expect(await stage.desk('LOGISTICS_PICK', order)).toEqual([]);
    expect(stage.simulator.doubleEffects().undoneTwice).toEqual([]);
  });
});
