import { expect, it } from 'vitest';
import { Api } from '#scripts/api.ts';
import { quantityOf } from '#scripts/bill.ts';
import { play } from '#scripts/demo/play.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { BILLED_MS, DEMO_START, Platform } from '#scripts/platform.ts';

it('carries out the reference order within its budgets', async () => {
  const platform = await Platform.start({ clock: 'manual', start: DEMO_START, billedDurationMs: BILLED_MS });
  try {
    const api = new Api(platform.url, (role) => platform.token(role));
    const { order, bill, stuck } = await play(platform, api, readReferenceOrder());
    expect(stuck).toEqual([]);
    expect(order.state).toBe('completed');
    const steps = order.progress?.done ?? 0;
    expect(quantityOf(bill, 'stepFunctionsTransition') / steps).toBeLessThanOrEqual(1.3);
    expect(bill.usd * 100).toBeLessThanOrEqual(0.25);
  } finally {
    await platform.stop();
  }
});
