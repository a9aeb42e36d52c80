import * as z from 'zod';
import { InvalidRequest, NotFound } from '#shared/domain/errors.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { decodeCursor, encodeCursor, isDesk, LIVE_STATES, listDesk } from '#shared/store/work-items.ts';
import { problemsOf } from '#shared/tmf622/pointer.ts';
import { assertWorksAt } from '#shared/work-items/employee.ts';
import { listedView } from '#shared/work-items/view.ts';
import { type Handle, httpHandler } from '../http.ts';

const LARGEST_PAGE = 100;

const querySchema = z.strictObject({
  state: z.enum(LIVE_STATES).default('open'),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `must be a number from 1 to ${LARGEST_PAGE}`)
    .transform(Number)
    .pipe(z.int().min(1).max(LARGEST_PAGE))
    .default(25),
  cursor: z
    .string()
    .transform((cursor, context) => {
      const place = decodeCursor(cursor);
      if (place !== undefined) return place;
      context.addIssue('is not a cursor of this list');
      return z.NEVER;
    })
    .optional(),
});

/** Lists a desk's work, the oldest due first. */
export const list =
  (deps: Dependencies): Handle =>
  async ({ path: { desk = '' }, query, caller }) => {
    if (!isDesk(desk)) throw new NotFound('Desk', desk);
    assertWorksAt(caller, desk);
    const { state, limit, cursor } = parseQuery(query);
    const { items, last } = await listDesk(deps, { desk, state, limit, after: cursor });
    const body = {
      desk,
      state,
      items: items.map(listedView),
      ...(last !== undefined && { nextCursor: encodeCursor(last) }),
    };
    return { status: 200, body };
  };

function parseQuery(query: Readonly<Record<string, string>>): z.output<typeof querySchema> {
  const parsed = querySchema.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, query).map(({ pointer, message }) => ({
    pointer: pointer.slice(1),
    message,
  }));
  throw new InvalidRequest(problems, 'InvalidQuery');
}

export const handler = httpHandler({ errors: 'problem', handle: list(defaultDependencies()) });
