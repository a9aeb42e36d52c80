import * as z from 'zod';
import { workingTimeLater } from '#shared/domain/calendar.ts';
import { nodeId } from './network.ts';
import type { Projection } from './projection.ts';

/** How much an order is at risk: `yellow` look at it, `red` it is late. */
export const LEVELS = ['none', 'yellow', 'red'] as const;
export type Level = (typeof LEVELS)[number];

const instant = z.iso.datetime();

/** One reason why an order is at risk: a step that takes long, or the date of the whole. */
export const alertSchema = z.object({
  level: z.enum(['yellow', 'red']),
  /** When the level was reached. */
  since: instant,
  /** The step; absent when it is about the date. */
  suborder: z.string().optional(),
  step: z.string().optional(),
});
export type Alert = z.infer<typeof alertSchema>;

/** What is known of an order's time, in its header. */
export const assessmentSchema = z.object({
  expectedCompletionDate: instant.optional(),
  jeopardy: z.object({ level: z.enum(LEVELS), alerts: z.array(alertSchema) }).optional(),
  /** The late date that the customer was told last. */
  toldDate: instant.optional(),
});
export type Assessment = z.infer<typeof assessmentSchema>;

/** How much sooner than others the work of an order is to be done. */
export const priorityOf = (level: Level | undefined): number => Math.max(LEVELS.indexOf(level ?? 'none'), 0);

const WORKING_DAY = 24 * 3600;
/** An expected date that moves by less than a quarter of an hour is no news. */
const NO_NEWS = 15 * 60_000;
/** The most reasons that are kept; there may be as many late steps as an order has items. */
const MOST_ALERTS = 20;

/**
 * Says how much an order is at risk. Yellow: a step has taken four fifths of its usual time, or the order will be late
 * by a working day at most. Red: a step takes longer than usual, or the order will be later than that. When it is red
 * and will be late, the customer is told, and again when it will be {@link muchLater} than that.
 */
export function assess(
  { end, underWay }: Projection,
  promisedDate: string | undefined,
  before: Assessment,
  now: Date,
): Assessment {
  const promise = promisedDate === undefined ? undefined : new Date(promisedDate);
  const reasons: Omit<Alert, 'since'>[] = underWay.flatMap(({ suborder, step, warnAt, dueAt }) =>
    now < warnAt ? [] : [{ level: now < dueAt ? ('yellow' as const) : ('red' as const), suborder, step }],
  );
  const isLate = promise !== undefined && end > promise;
  if (isLate) reasons.push({ level: end > workingTimeLater(promise, WORKING_DAY) ? 'red' : 'yellow' });
  const alerts = reasons
    .sort((a, b) => priorityOf(b.level) - priorityOf(a.level))
    .slice(0, MOST_ALERTS)
    .map((reason) => ({ ...reason, since: sinceOf(reason, before) ?? now.toISOString() }));
  const level = alerts[0]?.level ?? 'none';
  const told = before.toldDate;
  const tells = level === 'red' && isLate && (told === undefined || end > muchLater(told, promise));
  const toldDate = tells ? end.toISOString() : told;
  return {
    expectedCompletionDate: isNews(end, before) ? end.toISOString() : before.expectedCompletionDate,
    ...((level !== 'none' || before.jeopardy) && { jeopardy: { level, alerts } }),
    ...(toldDate && { toldDate }),
  };
}

const isNews = (end: Date, { expectedCompletionDate }: Assessment): boolean =>
  expectedCompletionDate === undefined ||
  Math.abs(end.getTime() - Date.parse(expectedCompletionDate)) >= NO_NEWS;

/** After when a date is news to who was told another one: it is twice as late, and later by a working day at least. */
function muchLater(told: string, promise: Date): Date {
  const last = new Date(told);
  const twiceAsLate = last.getTime() + (last.getTime() - promise.getTime());
  return new Date(Math.max(twiceAsLate, workingTimeLater(last, WORKING_DAY).getTime()));
}

const sinceOf = (reason: Omit<Alert, 'since'>, { jeopardy }: Assessment): string | undefined =>
  jeopardy?.alerts.find((known) => known.level === reason.level && idOf(known) === idOf(reason))?.since;

/** Names an alert within its order: the step (`01.pick`), or `date`. */
export const idOf = ({ suborder, step }: Pick<Alert, 'suborder' | 'step'>): string =>
  suborder !== undefined && step !== undefined ? nodeId(suborder, step) : 'date';

const HOUR = 3_600_000;
/** How long nobody looks at an order that is late and of which nothing new is to be said. */
const LONGEST_PAUSE = 7 * 24 * HOUR;

/**
 * When an order should be looked at again although nothing happens to it: when a step becomes late; while one is
 * late, when the order itself may have become late, or so much later that the customer is told, and once a week.
 * @returns undefined when nothing can become late by itself
 */
export function nextCheck(
  { end, underWay }: Projection,
  promisedDate: string | undefined,
  { toldDate }: Pick<Assessment, 'toldDate'>,
  now: Date,
): Date | undefined {
  const ahead = underWay
    .flatMap(({ warnAt, dueAt }) => [warnAt, dueAt])
    .filter((time) => time > now)
    .map((time) => time.getTime());
  const isSlipping = underWay.some(({ dueAt }) => dueAt <= now);
  if (isSlipping) {
    const margins = limitsOf(promisedDate, toldDate).map((limit) => limit.getTime() - end.getTime());
    const margin = Math.min(LONGEST_PAUSE, ...margins.filter((left) => left >= 0));
    ahead.push(now.getTime() + Math.max(margin, HOUR));
  }
  return ahead.length > 0 ? new Date(Math.min(...ahead)) : undefined;
}

/** The dates after which an order's end is another matter. */
function limitsOf(promisedDate: string | undefined, toldDate: string | undefined): Date[] {
  if (promisedDate === undefined) return [];
  const promise = new Date(promisedDate);
  const told = toldDate === undefined ? [] : [muchLater(toldDate, promise)];
  return [promise, workingTimeLater(promise, WORKING_DAY), ...told];
}
