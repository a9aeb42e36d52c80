import * as z from 'zod';
import { listedBulkRepairView } from '#shared/bulk-repairs/view.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { bulkRepairPlaceSchema, listBulkRepairs } from '#shared/store/bulk-repairs.ts';
import { isSupervisor } from '#shared/work-items/employee.ts';
import { type Handle, httpHandler } from '../http.ts';
import { encodeCursor, limitParameter, placeParameter, readQuery } from '../query.ts';

const querySchema = z.strictObject({
  limit: limitParameter,
  cursor: placeParameter(bulkRepairPlaceSchema),
});

/** Lists bulk repairs, the newest first: one's own, and all of them for supervisors. */
export const list =
  (deps: Dependencies): Handle =>
  async ({ query, caller }) => {
    const { limit, cursor } = readQuery(querySchema, query);
    const by = isSupervisor(caller) ? undefined : caller.sub;
    const { items, last } = await listBulkRepairs(deps, { by, limit, after: cursor });
    return {
      status: 200,
      body: {
        items: items.map(listedBulkRepairView),
        ...(last !== undefined && { nextCursor: encodeCursor(last) }),
      },
    };
  };

export const handler = httpHandler({ errors: 'problem', handle: list(defaultDependencies()) });
