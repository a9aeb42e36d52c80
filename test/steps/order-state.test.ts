import { beforeEach, describe, expect, it } from 'vitest';
import type { State } from '#shared/domain/states.ts';
import { projectOrderState, stateOf } from '#shared/steps/order-state.ts';
import { header, NOW, ORDER, suborder, World } from './support.ts';

let world: World;

beforeEach(() => {
  world = new World();
  world.db.seed('orders', header({ state: 'inProgress' }));
});

const items = (...states: readonly State[]) =>
  world.plan(
    suborder('00', { flow: 'order.manage' }),
    ...states.map((state, index) => suborder(`0${index + 1}`, { state })),
  );
const project = () => projectOrderState(world.deps, ORDER);

describe('the state of an order', () => {
  it('is that of order management until it is divided', () => {
    expect(stateOf([suborder('00', { state: 'inProgress' })])).toBe('inProgress');
  });

  it('follows from its suborders, order management left out', () => {
    expect(stateOf([suborder('00'), suborder('01', { state: 'completed' })])).toBe('completed');
    expect(stateOf([suborder('00'), suborder('01', { state: 'held' })])).toBe('held');
  });

  it('is written to its header, by which orders are listed', async () => {
    items('held', 'completed', 'completed');
    expect(await project()).toBe('held');
    expect(world.header()).toMatchObject({ state: 'held', version: 2 });
    expect(world.header()).not.toHaveProperty('completionDate');
  });

  it('is written once: afterwards only its suborders are looked at again', async () => {
    items('held', 'completed');
    const operations: string[] = [];
    world.db.before = async (operation) => void operations.push(operation);
    await project();
    expect(operations.filter((operation) => operation === 'update')).toHaveLength(1);
    expect(operations.at(-1)).toBe('query');
  });

  it('comes with the date of its end', async () => {
    items('completed', 'cancelled');
    const operations: string[] = [];
    world.db.before = async (operation) => void operations.push(operation);
    expect(await project()).toBe('partial');
    // Nothing follows: nobody has to look again.
    expect(operations.at(-1)).toBe('update');
    expect(world.header()).toMatchObject({ state: 'partial', completionDate: NOW });
  });

  it('is not written when it did not change', async () => {
    items('inProgress');
    await project();
    expect(world.db.stream).toEqual([]);
  });

  it('of an order that does not exist writes nothing', async () => {
    world.plan(suborder('01', { order: '0000000000', sk: 'SUBORDER#01' }));
    await projectOrderState(world.deps, '0000000000');
    expect(world.db.stream).toEqual([]);
  });

  it('is not overwritten by one that was read before and written later', async () => {
    items('inProgress', 'held');
    world.db.before = async (operation) => {
      if (operation !== 'update') return;
      world.db.before = async () => {};
      items('held', 'held');
      await project();
    };
    world.db.seed('orders', header({ state: 'acknowledged' }));
    expect(await project()).toBe('held');
    expect(world.header()).toMatchObject({ state: 'held' });
  });

  it('never leaves a terminal state', async () => {
    items('held', 'completed');
    world.db.before = async (operation) => {
      if (operation !== 'update') return;
      world.db.before = async () => {};
      items('completed', 'completed');
      await project();
    };
    await project();
    expect(world.header()).toMatchObject({ state: 'completed' });
    expect(world.db.stream.map(({ image }) => image.state)).toEqual(['completed']);
  });
});
