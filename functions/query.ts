import * as z from 'zod';
import { InvalidRequest } from '#shared/domain/errors.ts';
import { problemsOf } from '#shared/tmf622/pointer.ts';

const LARGEST_PAGE = 100;
const DEFAULT_PAGE = 25;

/** The parameter `limit` of a list: how many entries a page has. */
export const limitParameter = z
  .string()
  .regex(/^\d{1,3}$/, `must be a number from 1 to ${LARGEST_PAGE}`)
  .transform(Number)
  .pipe(z.int().min(1).max(LARGEST_PAGE))
  .default(DEFAULT_PAGE);

/** The parameter `cursor` of a list, read to the place that it names. */
export const cursorParameter = (decode: (cursor: string) => string | undefined) =>
  z
    .string()
    .transform((cursor, context) => {
      const place = decode(cursor);
      if (place !== undefined) return place;
      context.addIssue('is not a cursor of this list');
      return z.NEVER;
    })
    .optional();

/** A cursor is opaque to clients; it names a place in a list and no list, so it opens no other one. */
export const encodeCursor = (place: string): string => Buffer.from(place).toString('base64url');

/** The place that a cursor names; undefined when it is not one of ours. */
export function decodeCursor(cursor: string, places: z.ZodType<string>): string | undefined {
  const { data } = places.safeParse(Buffer.from(cursor, 'base64url').toString('utf8'));
  return data !== undefined && encodeCursor(data) === cursor ? data : undefined;
}

/** The parameter `cursor` of a list, made by {@link encodeCursor} from one of these places. */
export const placeParameter = (places: z.ZodType<string>) =>
  cursorParameter((cursor) => decodeCursor(cursor, places));

/** Reads the query of a request. @throws InvalidRequest `InvalidQuery` naming each parameter that is wrong */
export function readQuery<T extends z.ZodType>(
  schema: T,
  query: Readonly<Record<string, string>>,
): z.output<T> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  const problems = problemsOf(parsed.error, query).map(({ pointer, message }) => ({
    pointer: pointer.slice(1),
    message,
  }));
  throw new InvalidRequest(problems, 'InvalidQuery');
}
