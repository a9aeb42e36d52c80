import { describe, expect, it } from 'vitest';
import { purchaseWithdrawalEnds } from '#shared/domain/withdrawal.ts';

describe('the period in which goods can be given back', () => {
  it.each([
    ['2026-06-01T15:00:00Z', '2026-06-15T21:59:59.999Z', 'on the fourteenth day after delivery'],
    ['2026-06-06T10:00:00Z', '2026-06-22T21:59:59.999Z', 'on Monday instead of a Saturday'],
    ['2026-12-11T10:00:00Z', '2026-12-28T22:59:59.999Z', 'after Christmas and a weekend'],
  ])('after a delivery at %s ends at %s: %s', (delivered, ends) => {
    expect(purchaseWithdrawalEnds(new Date(delivered)).toISOString()).toBe(ends);
  });
});
