import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { ITEM_STATES, type State } from '#shared/domain/states.ts';
import { TASK_STATES, type TaskState } from '#shared/domain/task-states.ts';

/** How many matching orders a list looks at: `offset` and `limit` must stay within it, and it caps the total count. */
export const LIST_BOUND = 1000;

export const DEFAULT_LIMIT = 20;
export const MOST_LIMIT = 100;
const MOST_VALUES = 20;

/** A period of instants, both ends included or not; the ends are canonical (`2026-01-31T12:00:00.000Z`). */
export interface Period {
  readonly from?: { readonly instant: string; readonly inclusive: boolean };
  readonly to?: { readonly instant: string; readonly inclusive: boolean };
}

/** What `GET /productOrder` asks for. Filters combine by AND, the values of one by OR. */
export interface ListQuery {
  readonly fields: ReadonlySet<string> | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly newestFirst: boolean;
  readonly ids: readonly string[] | undefined;
  readonly states: readonly State[] | undefined;
  readonly externalIds: readonly string[] | undefined;
  readonly parties: readonly string[] | undefined;
  readonly orderDate: Period;
  readonly requestedCompletionDate: Period | undefined;
}

type Query = Readonly<Record<string, string>>;

const DATES = ['orderDate', 'requestedCompletionDate'] as const;
const COMPARISONS = ['gt', 'gte', 'lt', 'lte'] as const;
const PARAMETERS = new Set<string>([
  'fields',
  'offset',
  'limit',
  'sort',
  'id',
  'state',
  'externalId',
  'relatedParty.id',
  ...DATES.flatMap((date) => [date, ...COMPARISONS.map((comparison) => `${date}.${comparison}`)]),
]);

/**
 * Reads the query of a list request.
 * @throws InvalidRequest (`InvalidQuery`) naming each parameter that is unknown or wrong
 */
export function readListQuery(query: Query): ListQuery {
  const problems = unknownParameters(query, PARAMETERS);
  const read = new QueryReader(query, problems);
  const list: ListQuery = {
    fields: read.fields(),
    offset: read.integer('offset', 0, 0, LIST_BOUND),
    limit: read.integer('limit', DEFAULT_LIMIT, 1, MOST_LIMIT),
    newestFirst: read.newestFirst(),
    ids: read.values('id')?.flatMap((id) => parseOrderNumber(id) ?? []),
    states: read.among('state', ITEM_STATES),
    externalIds: read.values('externalId'),
    parties: read.values('relatedParty.id'),
    orderDate: read.period('orderDate') ?? {},
    requestedCompletionDate: read.period('requestedCompletionDate'),
  };
  if (list.offset + list.limit > LIST_BOUND)
    problems.push({
      pointer: 'offset',
      message: `offset and limit reach beyond ${LIST_BOUND}; narrow the list with orderDate.gt or orderDate.lt`,
    });
  if (problems.length > 0) throw new InvalidRequest(problems, 'InvalidQuery');
  return list;
}

/** What `GET /cancelProductOrder` asks for; `unknown` is an order that cannot exist. */
export interface CancellationQuery {
  readonly fields: ReadonlySet<string> | undefined;
  readonly offset: number;
  readonly limit: number;
  readonly order: string | undefined;
  readonly states: readonly TaskState[] | undefined;
}

const CANCELLATION_PARAMETERS = new Set(['fields', 'offset', 'limit', 'state', 'productOrder.id']);

/** @throws InvalidRequest (`InvalidQuery`) naming each parameter that is unknown or wrong */
export function readCancellationQuery(query: Query): CancellationQuery {
  const problems = unknownParameters(query, CANCELLATION_PARAMETERS);
  const read = new QueryReader(query, problems);
  const order = query['productOrder.id'];
  const asked = {
    fields: read.fields(),
    offset: read.integer('offset', 0, 0, LIST_BOUND - MOST_LIMIT),
    limit: read.integer('limit', DEFAULT_LIMIT, 1, MOST_LIMIT),
    order: order === undefined ? undefined : (parseOrderNumber(order) ?? 'unknown'),
    states: read.among('state', TASK_STATES),
  };
  if (problems.length > 0) throw new InvalidRequest(problems, 'InvalidQuery');
  return asked;
}

/**
 * Reads the query of a request for one resource: `fields` alone.
 * @throws InvalidRequest (`InvalidQuery`) naming each other parameter
 */
export function readFieldsQuery(query: Query): ReadonlySet<string> | undefined {
  const problems = unknownParameters(query, new Set(['fields']));
  if (problems.length > 0) throw new InvalidRequest(problems, 'InvalidQuery');
  return new QueryReader(query, problems).fields();
}

/** A problem for each parameter that a request does not know. */
export const unknownParameters = (query: Query, known: ReadonlySet<string>): Problem[] =>
  Object.keys(query)
    .filter((name) => !known.has(name))
    .map((name) => ({ pointer: name, message: 'Unknown filter or parameter' }));

/** Reads parameters one by one and gathers what is wrong with them. */
export class QueryReader {
  readonly #query: Query;
  readonly #problems: Problem[];

  constructor(query: Query, problems: Problem[]) {
    this.#query = query;
    this.#problems = problems;
  }

  fields(): ReadonlySet<string> | undefined {
    const fields = this.#list('fields');
    return fields && new Set(fields);
  }

  integer(name: string, otherwise: number, least: number, most: number): number {
    const text = this.#query[name];
    if (text === undefined) return otherwise;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.#wrong(name, `must be a whole number from ${least} to ${most}`);
    return otherwise;
  }

  newestFirst(): boolean {
    const sort = this.#query.sort ?? '-orderDate';
    if (sort !== 'orderDate' && sort !== '-orderDate') this.#wrong('sort', 'must be orderDate or -orderDate');
    return sort !== 'orderDate';
  }

  /** The values of a filter, each once. */
  values(name: string): readonly string[] | undefined {
    const values = this.#list(name);
    if (values?.length === 0) this.#wrong(name, 'needs a value');
    if (values && values.length > MOST_VALUES) this.#wrong(name, `has more than ${MOST_VALUES} values`);
    return values;
  }

  /** The values of a filter, each of which must be one of these. */
  among<Value extends string>(name: string, known: readonly Value[]): readonly Value[] | undefined {
    return this.values(name)?.flatMap((text) => {
      const value = known.find((one) => one === text);
      if (!value) this.#wrong(name, `must be one of ${known.join(', ')}`);
      return value ?? [];
    });
  }

  /** The period that a date's filters leave, or undefined when there is none. */
  period(name: (typeof DATES)[number]): Period | undefined {
    const bounds = [
      ...this.#date(name, (from, to) => [
        { from: { instant: from, inclusive: true } },
        { to: { instant: to, inclusive: true } },
      ]),
      ...this.#date(`${name}.gt`, (_, to) => [{ from: { instant: to, inclusive: false } }]),
      ...this.#date(`${name}.gte`, (from) => [{ from: { instant: from, inclusive: true } }]),
      ...this.#date(`${name}.lt`, (from) => [{ to: { instant: from, inclusive: false } }]),
      ...this.#date(`${name}.lte`, (_, to) => [{ to: { instant: to, inclusive: true } }]),
    ];
    return bounds.length === 0 ? undefined : bounds.reduce(intersection);
  }

  /** A date filter's first and last instant: a day is all of its instants, in UTC. */
  #date(name: string, bounds: (first: string, last: string) => Period[]): Period[] {
    // A plus sign that was not encoded arrives as a space.
    const text = this.#query[name]?.replace(/ (?=\d\d:\d\d$)/, '+');
    if (text === undefined) return [];
    const day = /^\d{4}-\d\d-\d\d$/.test(text);
    const time = day || DATE_TIME.test(text) ? Date.parse(text) : Number.NaN;
    if (Number.isNaN(time)) {
      this.#wrong(name, 'must be a date-time such as 2026-01-31T12:00:00Z, or a date');
      return [];
    }
    const last = day ? time + DAY - 1 : time;
    return bounds(new Date(time).toISOString(), new Date(last).toISOString());
  }

  #list(name: string): string[] | undefined {
    const text = this.#query[name];
    return text === undefined
      ? undefined
      : [
          ...new Set(
            text
              .split(',')
              .map((value) => value.trim())
              .filter(Boolean),
          ),
        ];
  }

  #wrong(name: string, message: string): void {
    this.#problems.push({ pointer: name, message });
  }
}

const DAY = 86_400_000;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/** The period in which both hold; of equal ends the exclusive one is narrower. */
function intersection(a: Period, b: Period): Period {
  const from = narrower(a.from, b.from, (x, y) => x > y);
  const to = narrower(a.to, b.to, (x, y) => x < y);
  return { ...(from && { from }), ...(to && { to }) };
}

type End = NonNullable<Period['from']>;

function narrower(
  a: End | undefined,
  b: End | undefined,
  isNarrower: (a: string, b: string) => boolean,
): End | undefined {
  if (!a || !b) return a ?? b;
  if (a.instant === b.instant) return a.inclusive ? b : a;
  return isNarrower(a.instant, b.instant) ? a : b;
}

/** Whether an instant lies in a period; one that is not known never does. */
export function isWithin(instant: string | undefined, { from, to }: Period): boolean {
  if (instant === undefined) return false;
  const after = !from || (from.inclusive ? instant >= from.instant : instant > from.instant);
  const before = !to || (to.inclusive ? instant <= to.instant : instant < to.instant);
  return after && before;
}
