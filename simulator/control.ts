import * as z from 'zod';
import { type Answer, json, noContent, problem } from './answers.ts';
import { operations } from './catalogue.ts';
import { scriptSchema } from './scripts.ts';
import type { UnderlyingSystems } from './underlying-systems.ts';

type Handler = (systems: UnderlyingSystems, query: URLSearchParams, body: unknown) => Answer;

const handlers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /control/health', () => json(200, { status: 'ok' })],
  [
    'GET /control/operations',
    () =>
      json(
        200,
        operations.map(({ system, name, title, undoes, rejections }) => ({
          system,
          operation: name,
          title,
          undoes,
          rejections,
        })),
      ),
  ],
  [
    'POST /control/scripts',
    (systems, _query, body) => {
      const script = scriptSchema.safeParse(body);
      if (!script.success) return problem(400, 'INVALID_INPUT', z.prettifyError(script.error));
      systems.scripts.add(script.data);
      return noContent;
    },
  ],
  [
    'DELETE /control/scripts',
    (systems) => {
      systems.scripts.clear();
      return noContent;
    },
  ],
  [
    'GET /control/ledger',
    (systems, query) =>
      json(
        200,
        systems.ledger.list({
          correlationId: query.get('correlationId') ?? undefined,
          system: query.get('system') ?? undefined,
          operation: query.get('operation') ?? undefined,
        }),
      ),
  ],
  [
    'DELETE /control/ledger',
    (systems) => {
      systems.forget();
      return noContent;
    },
  ],
  [
    'GET /control/messages',
    (systems, query) => json(200, systems.messages(query.get('correlationId') ?? undefined)),
  ],
  ['GET /control/effects/double', (systems) => json(200, { ...systems.ledger.doubles() })],
]);

/** Answers a call of the control API, by which development and tests steer and watch the systems. */
export function control(
  systems: UnderlyingSystems,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Answer {
  const handler = handlers.get(`${method} ${path}`);
  return handler ? handler(systems, query, body) : problem(404, 'UNKNOWN_RESOURCE');
}
