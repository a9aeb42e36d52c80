/** A schedule expression that AWS would refuse. */
export class InvalidScheduleError extends Error {
  override readonly name = 'InvalidScheduleError';
}

/** When a rule or schedule fires. */
export interface Schedule {
  readonly kind: 'rate' | 'cron' | 'at';
  /**
   * The first time after `epochMilliseconds`, in epoch milliseconds, or undefined when there is none. For a rate
   * that is one interval later, so pass the time of the last firing or of the creation.
   *
   * @param timeZone IANA name that cron and at expressions are meant in, UTC by default. A local time that does
   *                 not exist (clocks go forward) is skipped by cron and an hour later for at; one that comes
   *                 twice is taken once, the first time.
   */
  nextAfter(epochMilliseconds: number, timeZone?: string): number | undefined;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const units: ReadonlyMap<string, number> = new Map([
  ['minute', minute],
  ['hour', 60 * minute],
  ['day', day],
]);
const firstYear = 1970;
const lastYear = 2199;

/**
 * Parses `rate(5 minutes)`, `cron(0 8 ? * MON-FRI *)` (minutes, hours, day of month, month, day of week, year)
 * or `at(2026-11-23T08:00:00)`. Rules after the EventBridge user guide, "Cron expressions" and "Rate
 * expressions", and the Scheduler user guide, "Schedule types".
 *
 * @throws InvalidScheduleError
 */
export function parseSchedule(expression: string): Schedule {
  const [, kind, body = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(body, expression);
  if (kind === 'cron') return parseCron(body, expression);
  if (kind === 'at') return parseAt(body, expression);
  throw new InvalidScheduleError(`"${expression}" is neither rate(), cron() nor at()`);
}

function parseRate(body: string, expression: string): Schedule {
  const [, count = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(body) ?? [];
  const length = units.get(unit);
  const value = Number(count);
  if (length === undefined || value < 1 || (value === 1) === (plural === 's'))
    throw new InvalidScheduleError(`"${expression}" is not a rate such as rate(1 hour) or rate(5 minutes)`);
  return { kind: 'rate', nextAfter: (from) => from + value * length };
}

function parseAt(body: string, expression: string): Schedule {
  const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(body) ? Date.parse(`${body}Z`) : Number.NaN;
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(body))
    throw new InvalidScheduleError(`"${expression}" is not a time such as at(2026-11-23T08:00:00)`);
  return {
    kind: 'at',
    nextAfter(from, timeZone = 'UTC') {
      const due = toEpoch(local, timeZone) ?? toEpoch(local + 60 * minute, timeZone);
      return due !== undefined && due > from ? due : undefined;
    },
  };
}

function parseCron(body: string, expression: string): Schedule {
  const fields = body.split(' ');
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = fields;
  if (
    fields.length !== 6 ||
    minutes === undefined ||
    hours === undefined ||
    daysOfMonth === undefined ||
    months === undefined ||
    daysOfWeek === undefined ||
    years === undefined
  )
    throw new InvalidScheduleError(`"${expression}" does not have six fields`);
  if ((daysOfMonth === '?') === (daysOfWeek === '?'))
    throw new InvalidScheduleError(`"${expression}" must have ? in exactly one of its two day fields`);
  const set = (field: string, name: string, least: number, most: number, names: readonly string[] = []) =>
    parseField(field, { name, least, most, names, expression });
  const minuteSet = [...set(minutes, 'minutes', 0, 59)].sort((a, b) => a - b);
  const hourSet = [...set(hours, 'hours', 0, 23)].sort((a, b) => a - b);
  const monthSet = set(months, 'month', 1, 12, monthNames);
  const yearSet = set(years, 'year', firstYear, lastYear);
  const matchesDay =
    daysOfWeek === '?' ? parseDaysOfMonth(daysOfMonth, expression) : parseDaysOfWeek(daysOfWeek, expression);
  return {
    kind: 'cron',
    nextAfter(from, timeZone = 'UTC') {
      // Starts a day early, as the local date may lag behind, and looks at local dates one by one.
      for (let date = startOfDay(from + offsetAt(from, timeZone)) - day; ; date += day) {
        const local = new Date(date);
        if (local.getUTCFullYear() > lastYear) return undefined;
        if (!yearSet.has(local.getUTCFullYear())) {
          date = Date.UTC(local.getUTCFullYear(), 11, 31);
          continue;
        }
        if (!monthSet.has(local.getUTCMonth() + 1)) {
          date = Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 0);
          continue;
        }
        if (!matchesDay(local)) continue;
        for (const hour of hourSet)
          for (const minuteOfHour of minuteSet) {
            const due = toEpoch(date + (hour * 60 + minuteOfHour) * minute, timeZone);
            if (due !== undefined && due > from) return due;
          }
      }
    },
  };
}

const monthNames = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayNames = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

interface FieldRules {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly names: readonly string[];
  readonly expression: string;
}

/** The values of a field made of numbers, names, ranges, lists, `*` and steps. */
function parseField(field: string, rules: FieldRules): Set<number> {
  const { name, least, most, names, expression } = rules;
  const refuse = () => new InvalidScheduleError(`"${expression}" has a bad value for ${name}: "${field}"`);
  const numberOf = (text: string) => {
    const index = names.indexOf(text.toUpperCase());
    const value = index >= 0 ? least + index : /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most)) throw refuse();
    return value;
  };
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(item) ?? [];
    const [from, to, ...others] = range.split('-');
    if (from === undefined || others.length > 0 || step === '0') throw refuse();
    let first = least;
    let last = most;
    if (range !== '*') {
      first = numberOf(from);
      last = to === undefined ? (step === undefined ? first : most) : numberOf(to);
    }
    const size = most - least + 1;
    // A range such as FRI-MON goes round.
    const length = last >= first ? last - first : last - first + size;
    for (let offset = 0; offset <= length; offset += Number(step ?? 1))
      values.add(least + ((first - least + offset) % size));
  }
  return values;
}

type DayTest = (date: Date) => boolean;

/** Day of month: a field, `L` (last day) or `15W` (the weekday nearest the 15th, in the same month). */
function parseDaysOfMonth(field: string, expression: string): DayTest {
  if (field === 'L') return (date) => date.getUTCDate() === daysInMonth(date);
  const [, nearest] = /^(\d{1,2})W$/.exec(field) ?? [];
  if (nearest !== undefined) {
    const wanted = Number(nearest);
    if (wanted < 1 || wanted > 31)
      throw new InvalidScheduleError(`"${expression}" has a bad value for day of month: "${field}"`);
    return (date) => wanted <= daysInMonth(date) && date.getUTCDate() === nearestWeekday(date, wanted);
  }
  const days = parseField(field, { name: 'day of month', least: 1, most: 31, names: [], expression });
  return (date) => days.has(date.getUTCDate());
}

/** Day of week (1 is Sunday): a field, `6L` (last Friday), `L` (Saturday) or `3#2` (second Tuesday). */
function parseDaysOfWeek(field: string, expression: string): DayTest {
  const dayOfWeek = (text: string) => {
    const [value] = parseField(text, { name: 'day of week', least: 1, most: 7, names: dayNames, expression });
    return (value ?? 1) - 1;
  };
  if (field === 'L') return (date) => date.getUTCDay() === 6;
  const [, last] = /^(\d|[A-Z]{3})L$/i.exec(field) ?? [];
  if (last !== undefined) {
    const wanted = dayOfWeek(last);
    return (date) => date.getUTCDay() === wanted && date.getUTCDate() > daysInMonth(date) - 7;
  }
  const [, weekday, nth] = /^(\d|[A-Z]{3})#([1-5])$/i.exec(field) ?? [];
  if (weekday !== undefined) {
    const wanted = dayOfWeek(weekday);
    return (date) => date.getUTCDay() === wanted && Math.ceil(date.getUTCDate() / 7) === Number(nth);
  }
  const days = parseField(field, { name: 'day of week', least: 1, most: 7, names: dayNames, expression });
  return (date) => days.has(date.getUTCDay() + 1);
}

function daysInMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function nearestWeekday(date: Date, dayOfMonth: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), dayOfMonth)).getUTCDay();
  if (weekday === 6) return dayOfMonth === 1 ? 3 : dayOfMonth - 1;
  if (weekday === 0) return dayOfMonth === daysInMonth(date) ? dayOfMonth - 2 : dayOfMonth + 1;
  return dayOfMonth;
}

function startOfDay(time: number): number {
  return Math.floor(time / day) * day;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far local time is ahead of UTC at an instant, in milliseconds. */
function offsetAt(epoch: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  let format = formats.get(timeZone);
  if (!format) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        timeZone,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      throw new InvalidScheduleError(`there is no time zone "${timeZone}"`);
    }
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(epoch).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const local = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return local - Math.floor(epoch / 1000) * 1000;
}

/** The first instant that shows a local time (written as if it were UTC); undefined when none does. */
function toEpoch(local: number, timeZone: string): number | undefined {
  const candidates = [local - day, local + day].map((around) => local - offsetAt(around, timeZone));
  return candidates.sort((a, b) => a - b).find((epoch) => epoch + offsetAt(epoch, timeZone) === local);
}
