import { expect, test } from 'vitest';
import { bill, total } from '#local/billing/bill.ts';
import { Meter } from '#local/billing/meter.ts';
import { usEast1 } from '#local/billing/prices.ts';
import { inTrace } from '#local/trace.ts';

const transition = {
  service: 'states',
  operation: 'StateTransition',
  unit: 'StateTransition',
  resource: 'orders',
  quantity: 1,
};

test('usage is counted in total and by trace', () => {
  const meter = new Meter();
  inTrace('one', () => {
    meter.name('order-1');
    meter.count(transition);
    meter.count(transition);
  });
  meter.count(transition);
  expect(meter.reading()).toEqual({
    total: [{ ...transition, quantity: 3 }],
    traces: [{ root: 'one', names: ['order-1'], usage: [{ ...transition, quantity: 2 }] }],
  });
  meter.reset();
  expect(meter.reading().total).toEqual([]);
});

test('a bill has one line for each resource and unit, the dearest first', () => {
  const read = { service: 'dynamodb', unit: 'ReadRequestUnit', resource: 'items' };
  const lines = bill([
    { ...read, operation: 'GetItem', quantity: 1.5 },
    { ...read, operation: 'Query', quantity: 0.5 },
    { ...transition, quantity: 4 },
    { service: 'sqs', operation: 'SendMessage', unit: 'Request', resource: 'a.fifo', quantity: 1 },
  ]);
  expect(lines.map(({ item, unit, quantity }) => [item, unit, quantity])).toEqual([
    ['orders', 'stepFunctionsTransition', 4],
    ['a.fifo', 'sqsFifoRequest', 1],
    ['items', 'dynamodbReadUnit', 2],
  ]);
  const { prices } = usEast1;
  expect(total(lines)).toBeCloseTo(
    4 * prices.stepFunctionsTransition.usd + prices.sqsFifoRequest.usd + 2 * prices.dynamodbReadUnit.usd,
    12,
  );
});
