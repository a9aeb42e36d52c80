import { expect, it } from 'vitest';
import { billOf, partsOf, printedBill, quantityOf } from '#scripts/bill.ts';

const transitions = (quantity: number) => ({
  service: 'states',
  operation: 'StateTransition',
  unit: 'StateTransition',
  resource: 'flow',
  quantity,
});

it('adds up what was used, without what was used to look on', () => {
  const bill = billOf([transitions(90), { ...transitions(10), resource: 'other' }], [transitions(20)]);
  expect(quantityOf(bill, 'stepFunctionsTransition')).toBe(80);
  expect(bill.usd).toBeCloseTo(80 * 0.000025);
  expect(quantityOf(bill, 'lambdaRequest')).toBe(0);
});

it('prints a line for each thing that was used, and the sum', () => {
  const lines = printedBill(billOf([transitions(80)]));
  expect(lines[0]).toMatch(/^Step Functions +80 {2}state transitions +0\.2000$/);
  expect(lines[1]).toMatch(/US cents, list price +0\.2000$/);
});

it('tells apart what each suborder used', () => {
  const trace = (root: string, names: string[], quantity: number, parent?: string) => ({
    root,
    names,
    usage: [transitions(quantity)],
    ...(parent === undefined ? {} : { parent }),
  });
  const { suborders, whole } = partsOf(
    'ORDER',
    [
      trace('submitted', ['request-1'], 1),
      trace('order', ['ORDER'], 2, 'submitted'),
      trace('second', ['ORDER-02', 'ORDER-01'], 4, 'order'),
      trace('first', ['ORDER-01', 'ORDER'], 8, 'order'),
      trace('message', ['some-express-execution'], 16, 'second'),
      trace('answer', ['request-2', 'ORDER-01'], 32),
      trace('looked on', ['request-3'], 64),
      trace('another order', ['ORDERS-01'], 128),
    ],
    new Set(['looked on', 'another order']),
  );

  const counted = [...suborders].map(([id, bill]) => [id, quantityOf(bill, 'stepFunctionsTransition')]);
  expect(counted).toEqual([
    ['01', 8 + 32],
    ['02', 4 + 16],
  ]);
  expect(quantityOf(whole, 'stepFunctionsTransition')).toBe(1 + 2);
});
