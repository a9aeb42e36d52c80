import { expect, it } from 'vitest';
import type { Frame } from '#scripts/demo/play.ts';
import { news, plain, timeline, tree } from '#scripts/demo/view.ts';

const at = '2026-11-24T08:00:00.000Z';
const milestone = (name: string, itemId: string, milestoneDate = at) => ({
  name,
  milestoneDate,
  productOrderItem: [{ itemId }],
});

const frame: Frame = {
  now: Date.parse(at),
  deeds: [{ at: Date.parse(at), title: 'Technician is done' }],
  order: {
    id: 'NUMBER',
    href: '/NUMBER',
    state: 'inProgress',
    orderDate: at,
    progress: { done: 4, steps: 8 },
    productOrderItem: [
      {
        id: '1',
        action: 'add',
        state: 'completed',
        productOffering: { id: 'line', name: 'Line' },
        progress: { done: 3, steps: 3 },
      },
      { id: '2', action: 'add', state: 'inProgress' },
    ],
    productOrderMilestone: [milestone('COMPLETE', '1'), milestone('ACCESS_READY', '1')],
  },
};

it('shows an order as a tree, milestones in the order in which they are usually reached', () => {
  expect(tree(frame, plain)).toEqual([
    'Order NUMBER  inProgress  ██████░░░░░░   4/8  Tue 2026-11-24 08:00 UTC',
    '├─ 1 Line           completed   ████████████   3/3  ACCESS_READY · COMPLETE',
    '└─ 2 nothing named  inProgress  ░░░░░░░░░░░░   0/0  ',
  ]);
});

it('tells what is new since the last frame', () => {
  const order = {
    ...frame.order,
    productOrderMilestone: [...frame.order.productOrderMilestone, milestone('QUALIFIED', '2')],
  };
  expect(news(frame, { ...frame, order })).toEqual(['Tue 2026-11-24 08:00  2 nothing named: QUALIFIED']);
  expect(news(undefined, frame)).toHaveLength(4);
});

it('puts a deed before what it leads to, and messages behind', () => {
  const message = {
    at,
    messageId: 'm',
    template: 'SERVICE_ACTIVE',
    channels: [],
    recipient: 'c',
    params: { suborder: '01' },
  };
  expect(timeline(frame, [message]).map((line) => line.slice('Tue 2026-11-24 08:00  '.length))).toEqual([
    'Order NUMBER is accepted',
    'Technician is done',
    '1 Line: ACCESS_READY',
    '1 Line: COMPLETE',
    'Customer is told SERVICE_ACTIVE (suborder 01)',
  ]);
});
