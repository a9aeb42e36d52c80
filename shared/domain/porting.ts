import {
  atHour,
  calendarDate,
  endOfDay,
  instantOf,
  isWorkingDay,
  nextWorkingDay,
  workingDayFrom,
} from './calendar.ts';

/** Why a donor refuses to let a number go, whatever the clearing house calls it. */
export const PORT_REJECT_CODES = {
  NP01_UNKNOWN_NUMBER: 'the number is not in service at the donor',
  NP02_ICC_MISMATCH: 'the SIM does not belong to the number',
  NP03_CUSTOMER_ID_MISMATCH: 'the customer does not belong to the number',
  NP04_WRONG_DONOR: 'the number belongs to another operator',
  NP05_PORT_IN_PROGRESS: 'another port of the number is open',
  NP06_DATE_INVALID: 'numbers cannot be ported on the date',
  NP07_NOT_PORTABLE: 'numbers of this kind cannot be ported',
  NP08_MULTI_NUMBER: 'the number is part of a range',
  NP09_PREPAID_POSTPAID: 'the contract is of the other kind',
  NP10_AUTHORITY_MISSING: 'the porting authority is missing or disputed',
  NP11_TERMINATED_TOO_LONG: 'the number was given up too long ago',
  NP12_FRAUD_SUSPECTED: 'misuse is suspected',
  NP13_CUSTOMER_CANCELLED: 'the customer took it back',
  NP99_OTHER: 'for another reason',
} as const satisfies Record<string, string>;

export type PortRejectCode = keyof typeof PORT_REJECT_CODES;

export const PORT_REJECT_CODE_IDS = Object.keys(PORT_REJECT_CODES) as [PortRejectCode, ...PortRejectCode[]];

/** Operators' agreement: a request that the donor has by this hour of a working day counts as received on that day. */
const CUT_OFF_HOUR = 16;

/** Hours of working days between which the clearing house moves numbers, in the operator's time zone. */
const WINDOW = { opens: 5, closes: 23 } as const;

/**
 * The first date (`YYYY-MM-DD`) to which a number can be ported: the working day after the one on which the donor
 * has the request (Danish telecommunications act, section 27). What comes after 16:00 or on a day off is received
 * on the next working day.
 */
export const earliestPortDate = (requestedAt: Date): string => nextWorkingDay(receiptDay(requestedAt));

function receiptDay(requestedAt: Date): string {
  const today = calendarDate(requestedAt);
  const inTime = isWorkingDay(today) && requestedAt < atHour(today, CUT_OFF_HOUR);
  return inTime ? today : nextWorkingDay(today);
}

/** What the date of a port follows from. */
export interface PortWish {
  readonly requestedAt: Date;
  /** The customer's: a date or date-time; a day off means the next working day. */
  readonly wished?: string | undefined;
  /** A date that the donor has refused: only later ones will do. */
  readonly refused?: string | undefined;
  /** The number left by mistake or fraud: it comes back as soon as numbers can be moved. */
  readonly urgent?: boolean;
  /** The number is to work on a SIM card that is sent and has not come yet. */
  readonly cardIsSent?: boolean;
}

/** Working days that a SIM card usually takes: one to be picked, two to travel. */
const CARD_DAYS = 3;

const cardArrival = (sentAt: Date): string =>
  Array.from({ length: CARD_DAYS }).reduce<string>(nextWorkingDay, calendarDate(sentAt));

/**
 * The date (`YYYY-MM-DD`) to ask for: the latest of what is possible, what the customer wishes, when the SIM card should be there
 * and what was not refused.
 */
export function portDateFor({
  requestedAt,
  wished,
  refused,
  urgent = false,
  cardIsSent = false,
}: PortWish): string {
  const possible = urgent ? calendarDate(nextPortMoment(requestedAt)) : earliestPortDate(requestedAt);
  const wish = wished === undefined ? undefined : instantOf(wished);
  const dates = [
    possible,
    ...(wish && !urgent ? [workingDayFrom(calendarDate(wish))] : []),
    ...(cardIsSent && !urgent ? [cardArrival(requestedAt)] : []),
    ...(refused === undefined ? [] : [nextWorkingDay(refused)]),
  ];
  return dates.sort().at(-1) ?? possible;
}

/** When a number has to be here that is asked for on this date: at its end. */
export const portDeadline = (date: string): Date => endOfDay(atHour(date, 0));

/** When numbers can be moved on a working day. */
export const portWindow = (date: string): { readonly opens: Date; readonly closes: Date } => ({
  opens: atHour(date, WINDOW.opens),
  closes: atHour(date, WINDOW.closes),
});

/** The moment itself when numbers can be moved then, else when the next window opens. */
export function nextPortMoment(instant: Date): Date {
  const today = calendarDate(instant);
  if (!isWorkingDay(today)) return portWindow(nextWorkingDay(today)).opens;
  const { opens, closes } = portWindow(today);
  if (instant < opens) return opens;
  return instant < closes ? instant : portWindow(nextWorkingDay(today)).opens;
}

/** The operator's policy; the law wants compensation for a late port and leaves its amount open (section 27). */
const DELAY_COMPENSATION = { dkkPerDay: 100, mostDkk: 3000 } as const;

/** What a customer gets whose number came late: DKK for each day begun after the promised one; nothing when it was in time. */
export function delayCompensation(portBy: Date, portedAt: Date): number {
  if (portedAt <= portBy) return 0;
  const days = (Date.parse(calendarDate(portedAt)) - Date.parse(calendarDate(portBy))) / DAY_MS;
  return Math.min(Math.max(days, 1) * DELAY_COMPENSATION.dkkPerDay, DELAY_COMPENSATION.mostDkk);
}

const DAY_MS = 86_400_000;

/**
 * As the donor: the date (`YYYY-MM-DD`) on which the number may leave, which is exactly the one asked for; without one
 * the first possible. Undefined when numbers cannot be ported on the date asked for: a day off, or before
 * the working day after the request.
 */
export function leavingDate(receivedAt: Date, asked?: string): string | undefined {
  if (asked === undefined) return earliestPortDate(receivedAt);
  const instant = instantOf(asked);
  const date = instant && calendarDate(instant);
  if (date === undefined || !isWorkingDay(date)) return undefined;
  return date >= nextWorkingDay(calendarDate(receivedAt)) ? date : undefined;
}

/** What the clearing house wants of changes of many numbers: notice of a service window, and not too many an hour. */
export const BULK_CHANGE = { noticeDays: 14, perHour: 1000 } as const;

/**
 * Until when a service window for many numbers can last that begins then: 23:00 of a working day; what begins on a day
 * off lasts round the clock until 23:00 before the next working day. Undefined outside these hours.
 */
export function serviceWindowEnd(start: Date): Date | undefined {
  const date = calendarDate(start);
  if (isWorkingDay(date)) {
    const { opens, closes } = portWindow(date);
    return start >= opens && start < closes ? closes : undefined;
  }
  const lastDayOff = calendarDate(new Date(atHour(nextWorkingDay(date), 0).getTime() - 1));
  const closes = atHour(lastDayOff, WINDOW.closes);
  return start < closes ? closes : undefined;
}

/**
 * Until when a change of so many numbers can begin in the service window that begins then; undefined when that is none, or
 * they do not fit into it with a quarter of an hour to spare, since waits end a little late.
 */
export function latestBulkChange(windowStart: Date, numbers: number): Date | undefined {
  const end = serviceWindowEnd(windowStart);
  if (end === undefined) return undefined;
  const latest = new Date(end.getTime() - (numbers / BULK_CHANGE.perHour) * HOUR_MS);
  return latest.getTime() - windowStart.getTime() >= HOUR_MS / 4 ? latest : undefined;
}

const HOUR_MS = 3_600_000;
