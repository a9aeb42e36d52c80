import { describe, expect, it } from 'vitest';
import { billableUnits, cost, usEast1 } from '#local/billing/prices.ts';

describe('prices', () => {
  it.each(billableUnits)('%s has a price that says where it is from', (unit) => {
    const price = usEast1.prices[unit];
    expect(price.usd).toBeGreaterThan(0);
    expect(price.source === undefined).toBe(price.confidence === 'low');
  });

  it('adds up what was used', () => {
    expect(cost({})).toBe(0);
    expect(cost({ stepFunctionsTransition: 40, lambdaRequest: 1000 })).toBeCloseTo(0.0012, 10);
  });
});
