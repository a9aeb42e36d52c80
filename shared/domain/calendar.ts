/** Working days are those of the operator's country: Monday to Friday in Europe/Copenhagen, without Danish public holidays. */
const ZONE = 'Europe/Copenhagen';

const DAY_MS = 86_400_000;

/** The calendar date in the operator's time zone, as `YYYY-MM-DD`. */
export const calendarDate = (instant: Date): string => localDate().format(instant);

/** Made when first used: loading time zone data takes longer than loading most functions. */
const localDate = once(() => new Intl.DateTimeFormat('en-CA', { timeZone: ZONE }));
const zoneName = once(() => new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, timeZoneName: 'longOffset' }));

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Whether people work on this calendar date (`YYYY-MM-DD`). */
export function isWorkingDay(date: string): boolean {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !holidays(Number(date.slice(0, 4))).has(date);
}

/** The first working day after a date (both `YYYY-MM-DD`). */
export function nextWorkingDay(date: string): string {
  const next = new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
  return workingDayFrom(next);
}

/** The date itself when people work on it, else the first working day after it. */
export const workingDayFrom = (date: string): string => (isWorkingDay(date) ? date : nextWorkingDay(date));

/** The instant at which the operator's clocks show this full hour of a date (`YYYY-MM-DD`). */
export const atHour = (date: string, hour: number): Date =>
  fromWallClock(Date.parse(date) + hour * 3_600_000);

/** The same time on the clock that many working days earlier. */
export function workingDaysEarlier(instant: Date, workingDays: number): Date {
  const midnight = Date.parse(calendarDate(instant));
  let day = midnight;
  for (let left = workingDays; left > 0; ) {
    day -= DAY_MS;
    if (isWorkingDay(new Date(day).toISOString().slice(0, 10))) left--;
  }
  const wanted = instant.getTime() + clockOffset(instant) - (midnight - day);
  const guess = new Date(wanted - clockOffset(instant));
  return new Date(wanted - clockOffset(guess));
}

/**
 * When so much working time has passed: hours of weekends and public holidays do not count, so that two days from
 * Friday noon are Tuesday noon.
 */
export function workingTimeLater(instant: Date, seconds: number): Date {
  let clock = instant.getTime() + clockOffset(instant);
  for (let left = seconds * 1000; left > 0; ) {
    const midnight = (Math.floor(clock / DAY_MS) + 1) * DAY_MS;
    const today = isWorkingDay(new Date(clock).toISOString().slice(0, 10)) ? midnight - clock : 0;
    if (left <= today) return fromWallClock(clock + left);
    left -= today;
    clock = midnight;
  }
  return instant;
}

/** The last moment of the day, in the operator's time zone. */
export const endOfDay = (instant: Date): Date =>
  new Date(fromWallClock(Date.parse(calendarDate(instant)) + DAY_MS).getTime() - 1);

/** The instant at which the operator's clocks show this time, given as if it were UTC. */
function fromWallClock(clock: number): Date {
  const guess = new Date(clock - clockOffset(new Date(clock)));
  return new Date(clock - clockOffset(guess));
}

/**
 * The instant that a date, a date-time or a period means: a date alone is its first moment, a period (ISO 8601,
 * `2026-12-01T08:00/2026-12-01T10:00`) its beginning. Without an offset it is the time on the operator's clocks.
 * @returns undefined when the text is none of these
 */
export function instantOf(text: string): Date | undefined {
  const [start = ''] = text.split('/');
  const local = LOCAL.exec(start);
  const time = Date.parse(local ? `${local[1]}T${local[2] ?? '00:00'}Z` : start);
  if (Number.isNaN(time)) return undefined;
  return local ? fromWallClock(time) : new Date(time);
}

/** A date, or a date-time without an offset. */
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?))?$/;

/** Milliseconds by which the operator's clocks are ahead of UTC; whole hours. */
function clockOffset(instant: Date): number {
  const name =
    zoneName()
      .formatToParts(instant)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return Number(/GMT([+-]\d{2})/.exec(name)?.[1] ?? 0) * 3_600_000;
}

/**
 * Danish public holidays of a year: fixed days, and those that follow Easter (Maundy Thursday, Good Friday,
 * Easter Monday, Ascension, Whit Monday). Great Prayer Day was abolished from 2024 (Act 214 of 6 March 2023).
 */
export function holidays(year: number): ReadonlySet<string> {
  const easter = easterSunday(year);
  const fromEaster = [-3, -2, 0, 1, 39, 49, 50, ...(year < 2024 ? [26] : [])];
  const moving = fromEaster.map((days) => new Date(easter + days * DAY_MS).toISOString().slice(0, 10));
  return new Set([...moving, ...['01-01', '12-25', '12-26'].map((day) => `${year}-${day}`)]);
}

/** Easter Sunday by the anonymous Gregorian algorithm (Meeus, Jones, Butcher), as epoch milliseconds of its midnight in UTC. */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  const day = ((h + l - 7 * m + 114) % 31) + 1;
  return Date.UTC(year, month - 1, day);
}
