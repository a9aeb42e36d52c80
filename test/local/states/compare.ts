import { isJsonObject, type Json, parseJson, toJson } from '#local/states/json.ts';

/** Whole values that stand for anything. */
const ANYTHING = new Set([
  'timestamp',
  'date',
  'datetime',
  'start-date',
  'stop-date',
  'snf_role_arn',
  'sfn_role_arn',
]);
/** Masked parts that were not recorded as text of their own. */
const MASKED_WHOLE =
  /^(x-amzn-RequestId|X-Amzn-Trace-Id|(executionSucceeded|stateExited)EventDetails\.output)$/;
const IGNORED = new Set([
  'timestamp',
  'SdkHttpMetadata',
  'SdkResponseMetadata',
  'RedriveCount',
  'RedriveStatus',
  'RedriveStatusReason',
]);
/** `<uuid:1>` and the like, of which the same stands for the same, and `<request_id>`, which stands for any. */
const WILDCARD = /<<?[^<>]+>?:\d+>|<request_id>/g;

type Bindings = Map<string, string>;

/** One history event of a case: id, previous id, type and details; ids inside a Parallel are 0. */
export type EventRow = [number, number, string, Json];

/** Texts that hold JSON become that JSON, and what the recordings leave out is left out. */
export function normalise(value: Json): Json {
  if (typeof value === 'string') {
    if (!/^[[{]/.test(value)) return value;
    try {
      return normalise(parseJson(value));
    } catch {
      return value;
    }
  }
  if (Array.isArray(value)) return value.map(normalise);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => !IGNORED.has(key) && !(key.endsWith('Details') && isNothingCut(item)),
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, normalise(item)]));
}

function isNothingCut(value: Json): boolean {
  return isJsonObject(value) && Object.keys(value).length === 1 && value.truncated === false;
}

/** Where `actual` is not what was recorded, or undefined when it is. Equal wildcards bind to equal values. */
export function mismatch(expected: Json, actual: Json, bindings: Bindings, path = ''): string | undefined {
  const differs = () =>
    `${path || 'value'}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
  if (typeof expected === 'string') return matchesText(expected, actual, bindings) ? undefined : differs();
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) return differs();
    return first(
      expected.map((item, index) => mismatch(item, actual[index] ?? null, bindings, `${path}[${index}]`)),
    );
  }
  if (!isJsonObject(expected)) return Object.is(expected, actual) ? undefined : differs();
  if (!isJsonObject(actual)) return differs();
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return first(
    [...keys].map((key) => {
      const [wanted, got] = [expected[key], actual[key]];
      if (wanted === undefined || got === undefined)
        return `${path}/${key}: expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;
      return mismatch(wanted, got, bindings, `${path}/${key}`);
    }),
  );
}

function first(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}

function matchesText(expected: string, actual: Json, bindings: Bindings): boolean {
  if (ANYTHING.has(expected) || MASKED_WHOLE.test(expected)) return true;
  if (typeof actual === 'string' && expected === actual) return true;
  const names = expected.match(WILDCARD) ?? [];
  if (names.length === 0) return false;
  const text = typeof actual === 'string' ? actual : JSON.stringify(actual);
  const source = expected
    .split(WILDCARD)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('([\\s\\S]+?)');
  const found = new RegExp(`^${source}$`).exec(text);
  return (
    found !== null &&
    names.every((name, index) => {
      const value = found[index + 1] ?? '';
      if (!name.endsWith('>') || name === '<request_id>') return true;
      const bound = bindings.get(name);
      if (bound === undefined) bindings.set(name, value);
      return bound === undefined || bound === value;
    })
  );
}

/** The rows of a history as GetExecutionHistory answers it. */
export function toRows(events: Json): EventRow[] {
  const list = Array.isArray(events) ? events : [];
  return list.map((event) => {
    const { id, previousEventId, type, ...rest } = isJsonObject(event) ? event : {};
    const [, details] = Object.entries(rest).find(([key]) => key.endsWith('EventDetails')) ?? [];
    return [Number(id), Number(previousEventId), String(type), normalise(details ?? null)];
  });
}

const CLOSES = ['Succeeded', 'Failed', 'Aborted', 'Exited'].map((end) => `ParallelState${end}`);

/**
 * What the recorder did to histories with Parallel states: ids inside are zeroed, and what stands between the
 * end of the branches and the exit is dropped.
 */
export function normaliseParallel(rows: readonly EventRow[]): EventRow[] {
  const events = [...rows];
  let inside: EventRow[] = [];
  let start = 0;
  let open = false;
  for (let index = 0; index < events.length; index++) {
    const row = events[index];
    if (!row) break;
    const [, , type, details] = row;
    if (CLOSES.includes(type)) {
      events.splice(start, index - start, ...inside);
      open = false;
    } else if (type === 'ParallelStateStarted') {
      open = true;
      inside = [];
      start = index + 1;
    } else if (open) {
      const zeroed: EventRow = [0, 0, type, details];
      events[index] = zeroed;
      inside.push(zeroed);
    }
  }
  return events;
}

/** The first difference between two histories; rows with id 0 that stand together may come in any order. */
export function historyMismatch(
  expected: readonly EventRow[],
  actual: readonly EventRow[],
  bindings: Bindings,
): string | undefined {
  const wanted = expected.map((row): EventRow => [row[0], row[1], row[2], normalise(row[3] ?? null)]);
  const pool: EventRow[] = [...actual];
  for (const [index, row] of wanted.entries()) {
    let end = 0;
    while (row[0] === 0 && pool[end]?.[0] === 0) end++;
    const candidates = row[0] === 0 ? pool.slice(0, end) : pool.slice(0, 1);
    const found = candidates.findIndex((candidate) => {
      const tried = new Map(bindings);
      if (mismatch(toJson(row), toJson(candidate), tried) !== undefined) return false;
      for (const [name, value] of tried) bindings.set(name, value);
      return true;
    });
    if (found < 0) {
      const [nearest] = candidates;
      const problem = nearest && mismatch(toJson(row), toJson(nearest), new Map(bindings));
      return `event ${index + 1} (${row[2]}): ${problem ?? 'missing'}`;
    }
    pool.splice(found, 1);
  }
  return pool[0] && `more events than recorded: ${JSON.stringify(pool[0])}`;
}
