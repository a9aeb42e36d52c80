import type * as z from 'zod';
import { InvalidRequest, type Problem } from '#shared/domain/errors.ts';

const MOST_PROBLEMS = 20;

/** JSON Pointer (RFC 6901) of a path; the root is the empty string. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/**
 * What a schema found wrong with a body, each naming its field. Values are not repeated: they may be personal data.
 */
export const problemsOf = (error: z.ZodError, body: unknown): Problem[] =>
  error.issues
    .slice(0, MOST_PROBLEMS)
    .map(({ path, message }) =>
      path.length > 0 && valueAt(body, path) === undefined
        ? { pointer: pointer(path), message: 'is mandatory', missing: true }
        : { pointer: pointer(path), message },
    );

/** What a body says, by its schema. @throws InvalidRequest with a problem per field */
export function parse<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw new InvalidRequest(problemsOf(parsed.error, body));
  return parsed.data;
}

function valueAt(body: unknown, path: readonly PropertyKey[]): unknown {
  let value = body;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}
