import { describe, expect, it } from 'vitest';
import type { State } from '#shared/domain/states.ts';
import { readOrder } from '#shared/tmf622/read-order.ts';
import {
  asOf,
  type OrderProgress,
  productOrder,
  type SuborderProgress,
  withFields,
} from '#shared/tmf622/resource.ts';

const document = readOrder(
  {
    productOrderItem: [
      {
        id: 'a',
        action: 'add',
        productOrderItem: [
          { id: 'b', action: 'add' },
          { id: 'c', action: 'add' },
        ],
      },
      { id: 'd', action: 'noChange' },
    ],
  },
  '2026-11-23T10:00:00.000Z',
);

const suborder = (number: string, state: State, item?: string, milestones = {}): SuborderProgress => ({
  suborder: number,
  state,
  milestones,
  steps: 4,
  done: Object.keys(milestones).length,
  ...(item && { item }),
});

const show = (state: State, ...suborders: SuborderProgress[]) =>
  JSON.parse(JSON.stringify(productOrder({ order: 'N', state }, document, suborders)));

const itemStates = (order: {
  productOrderItem: [{ state: string; productOrderItem: { state: string }[] }, { state: string }];
}) => {
  const [container, unchanged] = order.productOrderItem;
  return [container.state, ...container.productOrderItem.map(({ state }) => state), unchanged.state];
};

describe('the resource of an order', () => {
  it('is acknowledged, with all its items, before it is planned', () => {
    const order = show('acknowledged');
    expect(order).toMatchObject({
      id: 'N',
      href: '/tmf-api/productOrderingManagement/v4/productOrder/N',
      state: 'acknowledged',
      orderDate: '2026-11-23T10:00:00.000Z',
      relatedParty: [],
      '@type': 'ProductOrder',
    });
    expect(itemStates(order)).toEqual(['acknowledged', 'acknowledged', 'acknowledged', 'acknowledged']);
    expect(order).not.toHaveProperty('productOrderMilestone');
  });

  it('shows the state of order management until there are suborders of items', () => {
    expect(show('acknowledged', suborder('00', 'held')).state).toBe('held');
  });

  it('follows its items, a container those that it contains', () => {
    const order = show(
      'acknowledged',
      suborder('00', 'inProgress'),
      suborder('01', 'completed', 'b'),
      suborder('02', 'held', 'c'),
    );
    expect(order.state).toBe('held');
    expect(itemStates(order)).toEqual(['held', 'completed', 'held', 'acknowledged']);
  });

  it('is partial when an item failed, but a container never is', () => {
    const order = show('partial', suborder('01', 'completed', 'b'), suborder('02', 'failed', 'c'));
    expect(order.state).toBe('partial');
    expect(itemStates(order)).toEqual(['failed', 'completed', 'failed', 'completed']);
  });

  it('keeps the state in which it was closed', () => {
    const order = show('cancelled', suborder('00', 'inProgress'));
    expect(order.state).toBe('cancelled');
    expect(itemStates(order)).toEqual(['cancelled', 'cancelled', 'cancelled', 'completed']);
  });

  it('shows milestones in the order of time, those of items with their item', () => {
    const order = show(
      'inProgress',
      suborder('00', 'inProgress', undefined, { ORDER_CHECKED: '2026-11-23T10:00:01.000Z' }),
      suborder('01', 'inProgress', 'b', {
        HW_SCANNED: '2026-11-23T12:00:00.000Z',
        ENDED: '2026-11-24T00:00:00.000Z',
      }),
      suborder('02', 'inProgress', 'c', { QUALIFIED: '2026-11-23T11:00:00.000Z' }),
    );
    expect(order.productOrderMilestone).toEqual([
      {
        id: '00-ORDER_CHECKED',
        name: 'ORDER_CHECKED',
        milestoneDate: '2026-11-23T10:00:01.000Z',
        status: 'completed',
      },
      {
        id: '02-QUALIFIED',
        name: 'QUALIFIED',
        milestoneDate: '2026-11-23T11:00:00.000Z',
        status: 'completed',
        productOrderItem: [{ itemId: 'c' }],
      },
      {
        id: '01-HW_SCANNED',
        name: 'HW_SCANNED',
        milestoneDate: '2026-11-23T12:00:00.000Z',
        status: 'completed',
        productOrderItem: [{ itemId: 'b' }],
      },
    ]);
  });

  it('has nothing planned any more of an item that is complete, whatever was left out', () => {
    const reached = { QUALIFIED: '2026-11-23T11:00:00.000Z', COMPLETE: '2026-11-23T12:00:00.000Z' };
    const order = show('inProgress', suborder('00', 'inProgress'), suborder('01', 'completed', 'd', reached));
    expect(order.productOrderItem[1].progress).toEqual({ done: 2, steps: 2 });
    expect(order.progress).toEqual({ done: 2, steps: 6 });
  });

  it('has nothing planned any more of an item that was given up, so that the order comes to its end', () => {
    const order = show(
      'partial',
      suborder('00', 'completed', undefined, { ORDER_CHECKED: '2026-11-23T10:00:00.000Z' }),
      suborder('01', 'completed', 'b', { COMPLETE: '2026-11-23T12:00:00.000Z' }),
      suborder('02', 'cancelled', 'c', { QUALIFIED: '2026-11-23T11:00:00.000Z' }),
      suborder('03', 'failed', 'd'),
    );
    expect(order.progress).toEqual({ done: 3, steps: 3 });
    expect(order.productOrderItem[1].progress).toEqual({ done: 0, steps: 0 });
  });

  it('has no progress before it is divided: how many steps there are is not known until then', () => {
    const checked = suborder('00', 'inProgress', undefined, { ORDER_CHECKED: '2026-11-23T10:00:00.000Z' });
    expect(show('acknowledged', checked)).not.toHaveProperty('progress');
    expect(show('failed', checked).progress).toEqual({ done: 1, steps: 1 });
  });

  it('says how many of the planned steps are done, of an item and of the whole', () => {
    const reached = { QUALIFIED: '2026-11-23T11:00:00.000Z' };
    const order = show(
      'inProgress',
      suborder('00', 'inProgress'),
      suborder('01', 'inProgress', 'd', reached),
    );
    expect(order.progress).toEqual({ done: 1, steps: 8 });
    expect(order.productOrderItem[1].progress).toEqual({ done: 1, steps: 4 });
    expect(order.productOrderItem[0]).not.toHaveProperty('progress');
    expect(show('acknowledged')).not.toHaveProperty('progress');
  });

  it('is expected at once when the date has passed on which it was expected, unless it has ended', () => {
    const header = {
      order: 'N',
      state: 'inProgress',
      expectedCompletionDate: '2026-11-25T10:00:00.000Z',
    } as const;
    const seen = (time: string, of: OrderProgress = header) =>
      asOf(of, new Date(time)).expectedCompletionDate;
    expect(seen('2026-11-24T10:00:00.000Z')).toBe('2026-11-25T10:00:00.000Z');
    expect(seen('2026-11-28T10:00:00.000Z')).toBe('2026-11-28T10:00:00.000Z');
    expect(seen('2026-11-28T10:00:00.000Z', { ...header, state: 'completed' })).toBe(
      '2026-11-25T10:00:00.000Z',
    );
    expect(asOf({ order: 'N', state: 'inProgress' }, new Date())).not.toHaveProperty(
      'expectedCompletionDate',
    );
  });

  it('has the fields asked for, and always id and href', () => {
    const order = productOrder({ order: 'N', state: 'acknowledged' }, document, []);
    expect(Object.keys(withFields(order, new Set(['state', 'nothing']))).sort()).toEqual([
      'href',
      'id',
      'state',
    ]);
    expect(withFields(order, undefined)).toBe(order);
  });
});
