import * as z from 'zod';

/** ISO 8601 duration of weeks, days, hours, minutes and seconds, such as `P5D` or `PT4H`; no months or years, whose length varies. */
export type IsoDuration = `P${string}`;

const PATTERN = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/**
 * The length of an ISO 8601 duration in seconds, a day counted as 24 hours.
 * @throws RangeError when it is not a duration of the form above
 */
export function durationSeconds(duration: IsoDuration): number {
  const parts = PATTERN.exec(duration);
  if (!parts || duration === 'P' || duration.endsWith('T'))
    throw new RangeError(`Not a duration: ${duration}`);
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  return (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
}

const isDuration = (text: string): text is IsoDuration =>
  PATTERN.test(text) && text !== 'P' && !text.endsWith('T');

/** A duration of the form above that is not nothing. */
export const durationSchema = z.string().transform((text, context) => {
  if (isDuration(text) && durationSeconds(text) > 0) return text;
  context.addIssue('must be an ISO 8601 duration, such as PT4H');
  return z.NEVER;
});
