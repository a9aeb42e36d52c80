import { compilePattern, type EventMatcher, InvalidEventPatternError } from './event-pattern.ts';

/** The records of an event source that a Lambda function sees; others are dropped as if handled. */
export type RecordFilter = (record: Readonly<Record<string, unknown>>) => boolean;

/** Most filters an event source mapping may have. */
const mostFilters = 10;

/**
 * Compiles the `FilterCriteria` of a Lambda event source mapping: a record passes when any of the patterns
 * matches. Rules after the Lambda developer guide, "Control which events Lambda sends to your function".
 *
 * @param patterns JSON texts, as in `FilterCriteria.Filters[].Pattern`; none lets everything pass
 * @param source   for `sqs` the pattern sees the body as JSON when it asks for JSON, else as text; a body of
 *                 the other kind does not match
 * @throws InvalidEventPatternError
 */
export function compileFilter(patterns: readonly string[], source: 'sqs' | 'dynamodb'): RecordFilter {
  if (patterns.length > mostFilters) throw new InvalidEventPatternError(`more than ${mostFilters} filters`);
  if (patterns.length === 0) return () => true;
  const filters = patterns.map((pattern) =>
    source === 'sqs' ? compileBodyFilter(pattern) : compilePattern(pattern),
  );
  return (record) => filters.some((filter) => filter(record));
}

function compileBodyFilter(pattern: string): EventMatcher {
  const matches = compilePattern(pattern);
  if (!asksForJson(JSON.parse(pattern))) return matches;
  return (record) => {
    if (!isRecord(record) || typeof record.body !== 'string') return false;
    const body = parseObject(record.body);
    return body !== undefined && matches({ ...record, body });
  };
}

function asksForJson(pattern: unknown): boolean {
  if (!isRecord(pattern)) return false;
  return isRecord(pattern.body) || (Array.isArray(pattern.$or) && pattern.$or.some(asksForJson));
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
