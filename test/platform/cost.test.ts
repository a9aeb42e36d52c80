import { expect, it } from 'vitest';
import { Api } from '#scripts/api.ts';
import { quantityOf } from '#scripts/bill.ts';
import { costReport } from '#scripts/cost-report.ts';
import { play } from '#scripts/demo/play.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { BILLED_MS, DEMO_START, Platform } from '#scripts/platform.ts';

it('carries out the reference order within its budgets', async () => {
  const platform = await Platform.start({ clock: 'manual', start: DEMO_START, billedDurationMs: BILLED_MS });
  try {
    const api = new Api(platform.url, (role) => platform.token(role));
    const played = await play(platform, api, readReferenceOrder());
    const { order, bill, parts, stuck } = played;
    expect(stuck).toEqual([]);
    expect(order.state).toBe('completed');
    const steps = order.progress?.done ?? 0;
    expect(quantityOf(bill, 'stepFunctionsTransition') / steps).toBeLessThanOrEqual(1.3);
    expect(bill.usd * 100).toBeLessThanOrEqual(0.25);

    const { perSuborder, orderAsAWhole, usd } = costReport('the order', played);
    expect(perSuborder.map(({ suborder, product }) => [suborder, product])).toEqual(
      order.productOrderItem.map(({ productOffering }, index) => [`0${index + 1}`, productOffering?.name]),
    );
    const all = [...perSuborder, orderAsAWhole];
    expect(Math.min(...all.map(({ transitions }) => transitions))).toBeGreaterThan(0);
    expect(all.reduce((sum, part) => sum + part.usd, 0)).toBeCloseTo(usd, 12);
    expect(parts.suborders.size).toBe(7);
  } finally {
    await platform.stop();
  }
});
