/** A route key that API Gateway would refuse. */
export class InvalidRouteError extends Error {
  override readonly name = 'InvalidRouteError';
}

/** What a request was routed to. */
export interface RouteMatch<T> {
  readonly route: T;
  /** Decoded values of the path variables; those of `{proxy+}` may hold slashes. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable' | 'greedy'; readonly name: string };

interface CompiledRoute<T> {
  readonly route: T;
  /** `ANY` for every method. */
  readonly method: string;
  readonly segments: readonly Segment[];
}

/** Finds the route of a request. */
export interface Router<T> {
  match(method: string, path: string): RouteMatch<T> | undefined;
}

/**
 * Compiles route keys (`POST /orders/{id}`, `ANY /{proxy+}`, `$default`) of an HTTP API. The most specific
 * route wins: segment by segment a literal before a variable before a greedy variable, then a method before
 * `ANY`; `$default` comes last. After the API Gateway developer guide, "Create routes for HTTP APIs".
 *
 * @throws InvalidRouteError for a malformed or repeated route key
 */
export function compileRoutes<T extends { readonly routeKey: string }>(routes: readonly T[]): Router<T> {
  const seen = new Set<string>();
  for (const { routeKey } of routes) {
    const shape = routeKey.replace(/\{[^}+]*(\+?)\}/g, '{$1}');
    if (seen.has(shape)) throw new InvalidRouteError(`"${routeKey}" is there twice`);
    seen.add(shape);
  }
  const fallback = routes.find(({ routeKey }) => routeKey === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compileRoute)
    .sort(bySpecificity);
  return {
    match(method, path) {
      const segments = path.split('/').slice(1);
      for (const candidate of compiled) {
        if (candidate.method !== 'ANY' && candidate.method !== method) continue;
        const pathParameters = matchSegments(candidate.segments, segments);
        if (pathParameters) return { route: candidate.route, pathParameters };
      }
      return fallback && { route: fallback, pathParameters: {} };
    },
  };
}

const methods = 'ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT';

function compileRoute<T extends { readonly routeKey: string }>(route: T): CompiledRoute<T> {
  const [, method, path] = new RegExp(`^(${methods}) (/\\S*)$`).exec(route.routeKey) ?? [];
  if (method === undefined || path === undefined)
    throw new InvalidRouteError(`"${route.routeKey}" is not a method and a path`);
  const names = new Set<string>();
  const texts = path.split('/').slice(1);
  const segments = texts.map((text, index): Segment => {
    const [, name, plus] = /^\{([A-Za-z0-9._:-]+)(\+?)\}$/.exec(text) ?? [];
    if (name === undefined) {
      if (/[{}]/.test(text)) throw new InvalidRouteError(`"${route.routeKey}" has a malformed variable`);
      return { kind: 'literal', text };
    }
    if (names.has(name)) throw new InvalidRouteError(`"${route.routeKey}" has two variables "${name}"`);
    names.add(name);
    if (plus === '+' && index < texts.length - 1)
      throw new InvalidRouteError(`"${route.routeKey}" has a greedy variable that is not last`);
    return { kind: plus === '+' ? 'greedy' : 'variable', name };
  });
  return { route, method, segments };
}

const rank = { literal: 0, variable: 1, greedy: 2 };

function bySpecificity<T>(a: CompiledRoute<T>, b: CompiledRoute<T>): number {
  for (let at = 0; at < Math.max(a.segments.length, b.segments.length); at++) {
    const [left, right] = [a.segments[at], b.segments[at]];
    if (!left || !right) return left ? -1 : 1;
    if (left.kind !== right.kind) return rank[left.kind] - rank[right.kind];
  }
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function matchSegments(
  expected: readonly Segment[],
  actual: readonly string[],
): Record<string, string> | undefined {
  const last = expected.at(-1);
  const greedy = last?.kind === 'greedy';
  if (greedy ? actual.length < expected.length : actual.length !== expected.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const text = actual[index] ?? '';
    if (segment.kind === 'literal') {
      if (segment.text !== text) return undefined;
    } else {
      const value = segment.kind === 'greedy' ? actual.slice(index).join('/') : text;
      if (value === '') return undefined;
      found[segment.name] = decode(value);
    }
  }
  return found;
}

/** A malformed escape stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
