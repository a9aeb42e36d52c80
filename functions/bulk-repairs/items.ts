import * as z from 'zod';
import { bulkItemView } from '#shared/bulk-repairs/view.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { itemEntry, readBulkItems } from '#shared/store/bulk-repairs.ts';
import { type Handle, httpHandler } from '../http.ts';
import { cursorParameter, limitParameter, readQuery } from '../query.ts';
import { loadBulkRepair } from './load.ts';

const querySchema = z.strictObject({
  limit: limitParameter,
  cursor: cursorParameter((cursor) => (/^\d{1,6}$/.test(cursor) ? cursor : undefined)),
});

/** Shows the frozen list of a bulk repair, and what became of each work item in it. */
export const items =
  (deps: Dependencies): Handle =>
  async ({ path: { id = '' }, query, caller }) => {
    const { limit, cursor = '0' } = readQuery(querySchema, query);
    const { bulkRepair } = await loadBulkRepair(deps, caller, id);
    const { items: found, last } = await readBulkItems(deps, bulkRepair, itemEntry(Number(cursor)), limit);
    const shown = found.map(bulkItemView);
    return {
      status: 200,
      body: { id, items: shown, ...(last !== undefined && { nextCursor: String(shown.at(-1)?.number) }) },
    };
  };

export const handler = httpHandler({ errors: 'problem', handle: items(defaultDependencies()) });
