import { WITHDRAWAL_DAYS } from '#shared/domain/withdrawal.ts';

/** Consent of a consumer that the service may start before the withdrawal period is over. */
export const EARLY_START_CONSENT = 'early-start';

const DAY = 24 * 3600 * 1000;

/**
 * When a consumer's right to withdraw ends, if the order has to wait for that: sold at a distance, without
 * consent to an early start. Undefined when nothing has to wait.
 */
export function withdrawalEnds(order: {
  readonly orderDate: string;
  readonly distanceSale?: boolean | undefined;
  readonly consents?: readonly string[] | undefined;
}): string | undefined {
  if (!order.distanceSale || order.consents?.includes(EARLY_START_CONSENT)) return undefined;
  return new Date(Date.parse(order.orderDate) + WITHDRAWAL_DAYS * DAY).toISOString();
}
