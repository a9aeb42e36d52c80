import * as z from 'zod';
import { NotFound } from '#shared/domain/errors.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { dueKeySchema, isDesk, LIVE_STATES, listDesk } from '#shared/store/work-items.ts';
import { assertWorksAt } from '#shared/work-items/employee.ts';
import { listedView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';
import { encodeCursor, limitParameter, placeParameter, readQuery } from '../query.ts';

const querySchema = z.strictObject({
  state: z.enum(LIVE_STATES).default('open'),
  limit: limitParameter,
  cursor: placeParameter(dueKeySchema),
});

/** Lists a desk's work, the oldest due first. */
export const list =
  (deps: Dependencies): Handle =>
  async ({ path: { desk = '' }, query, caller }) => {
    if (!isDesk(desk)) throw new NotFound('Desk', desk);
    assertWorksAt(caller, desk);
    const { state, limit, cursor } = readQuery(querySchema, query);
    const { items, last } = await listDesk(deps, { desk, state, limit, after: cursor });
    const body = {
      desk,
      state,
      items: items.map(listedView),
      ...(last !== undefined && { nextCursor: encodeCursor(last) }),
    };
    return { status: 200, body };
  };

export const handler = httpHandler({ errors: 'problem', handle: list(defaultDependencies()) });
