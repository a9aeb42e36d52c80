import { readFileSync } from 'node:fs';
import type { HttpRequest } from '#functions/http.ts';

/** A request as a handler sees it. */
export const request = (parts: Partial<HttpRequest> = {}): HttpRequest => ({
  body: undefined,
  path: {},
  query: {},
  headers: {},
  caller: { sub: 'user-1', clientId: 'portal', scopes: [], desks: [] },
  ...parts,
});

/** An example order as it would be sent, fresh for each test. */
export const example = (name: 'triple-play' | 'minimal') =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));
