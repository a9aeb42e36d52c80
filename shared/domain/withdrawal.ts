import { calendarDate, endOfDay, isWorkingDay } from './calendar.ts';

/** How long a consumer may withdraw from a sale at a distance. */
export const WITHDRAWAL_DAYS = 14;

const DAY_MS = 86_400_000;

/**
 * The last moment in which a consumer may withdraw from the purchase of goods: the end of the fourteenth day after
 * delivery, and of the next working day when that is none (Danish Consumer Contracts Act, section 19).
 */
export function purchaseWithdrawalEnds(deliveredAt: Date): Date {
  let end = endOfDay(new Date(deliveredAt.getTime() + WITHDRAWAL_DAYS * DAY_MS));
  while (!isWorkingDay(calendarDate(end))) end = endOfDay(new Date(end.getTime() + 1));
  return end;
}
