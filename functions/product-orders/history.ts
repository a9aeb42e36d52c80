import * as z from 'zod';
import { NotFound } from '#shared/domain/errors.ts';
import { parseOrderNumber } from '#shared/domain/order-number.ts';
import { timeline } from '#shared/history/timeline.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { cancellationsOf } from '#shared/store/cancellations.ts';
import { readHistory } from '#shared/store/history.ts';
import { readOrderRecords } from '#shared/store/order-records.ts';
import { loadHeader } from '#shared/store/orders.ts';
import type { HistoryEntry } from '#shared/store/records.ts';
import { type Handle, httpHandler } from '../http.ts';
import { encodeCursor, limitParameter, placeParameter, readQuery } from '../query.ts';

const querySchema = z.strictObject({
  /** Id of an order item. */
  item: z.string().optional(),
  suborder: z.string().optional(),
  step: z.string().optional(),
  workItem: z.string().optional(),
  limit: limitParameter,
  cursor: placeParameter(z.string().regex(/^\d{4}-.*#/)),
});

/** `GET /productOrder/{id}/history`: who did what to an order, its items, steps and work items, when and why. */
export const orderHistory =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, query }) => {
    const { limit, cursor, item, ...filter } = readQuery(querySchema, query);
    const order = parseOrderNumber(id);
    const header = order && (await loadHeader(deps, order));
    if (!header) throw new NotFound('Product order', id.slice(0, 40));
    const [{ suborders, steps }, cancellations, entries] = await Promise.all([
      readOrderRecords(deps, header.order),
      cancellationsOf(deps, header.order),
      readHistory(deps, header.order, cursor),
    ]);
    const itemOf = new Map(suborders.map((row) => [row.suborder, row.item]));
    const shown = timeline({ header, suborders, steps, cancellations, entries })
      .filter(({ entry }) => cursor === undefined || entry > cursor)
      .map((entry) => view(entry, itemOf.get(entry.suborder ?? '')))
      .filter((entry) => item === undefined || entry.item === item)
      .filter(({ suborder, step, workItem }) => matches(filter, { suborder, step, workItem }));
    const page = shown.slice(0, limit);
    const last = shown.length > limit ? page.at(-1) : undefined;
    return {
      status: 200,
      body: { order: header.order, entries: page, ...(last && { nextCursor: encodeCursor(last.id) }) },
    };
  };

const view = ({ entry, subject: _subject, ...told }: HistoryEntry, item: string | undefined) => ({
  id: entry,
  ...(item !== undefined && { item }),
  ...told,
});

const matches = (
  filter: Readonly<Record<string, string | undefined>>,
  values: Readonly<Record<string, string | undefined>>,
): boolean => Object.entries(filter).every(([name, value]) => value === undefined || values[name] === value);

export const handler = httpHandler({ errors: 'tmf622', handle: orderHistory(defaultDependencies()) });
