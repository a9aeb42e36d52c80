import { expect, it } from 'vitest';
import { billOf, printedBill, quantityOf } from '#scripts/bill.ts';

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
