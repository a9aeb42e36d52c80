const OFFSET_DATE_TIME = /^(\d{4}-\d{2}-(\d{2}))T([01]\d|2[0-3]):\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds of an ISO-8601 date-time with offset, or undefined when the text is none. */
export function parseTimestamp(text: string): number | undefined {
  const [, date, day] = OFFSET_DATE_TIME.exec(text) ?? [];
  if (date === undefined || new Date(date).getUTCDate() !== Number(day)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

export const SECOND = 1000;
export const DAY = 24 * 60 * 60 * SECOND;
