import { randomUUID } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import type { Clock } from '../clock.ts';
import { authorize, type JwtAuthorizer, type JwtContext } from './http-authorizer.ts';
import { type CorsConfiguration, corsHeaders } from './http-cors.ts';
import { type HttpRequest, type HttpResponse, joinHeaders, toEvent, toResponse } from './http-event.ts';
import { compileRoutes, type Router } from './http-routes.ts';
import { type Throttle, TokenBucket } from './token-bucket.ts';

export type { JwtAuthorizer } from './http-authorizer.ts';
export type { CorsConfiguration } from './http-cors.ts';
export type { HttpRequest, HttpResponse } from './http-event.ts';
export { InvalidRouteError } from './http-routes.ts';
export type { Throttle } from './token-bucket.ts';

/** A route and the function behind it. */
export interface HttpRoute {
  /** `POST /orders/{id}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly functionArn: string;
  /** Without one the route is open. */
  readonly authorizer?: JwtAuthorizer;
  /** A token needs one of these; ignored without an authorizer. */
  readonly scopes?: readonly string[];
}

/** What an HTTP API is made of. */
export interface HttpApiOptions {
  readonly routes: readonly HttpRoute[];
  /** `$default`, or a name that is then the first part of every path. */
  readonly stage: string;
  readonly clock: Clock;
  /** Runs a function with an event and gives its result; rejects when the function failed. */
  invoke(functionArn: string, event: unknown): Promise<unknown>;
  /** The public keys of an issuer. */
  jwks(issuer: string): Promise<JSONWebKeySet>;
  readonly throttle?: Throttle;
  readonly cors?: CorsConfiguration;
  readonly account?: string;
  readonly apiId?: string;
  /** Makes the id of a request, a random UUID by default. */
  requestId?(): string;
}

/** Largest request body, in bytes. */
const largestBody = 10 * 1024 * 1024;
/** How long an integration may take, in milliseconds. */
const integrationTimeout = 30_000;
const timedOut = Symbol('timed out');

/** An API Gateway HTTP API with Lambda proxy integrations (payload format 2.0), as far as it is visible. */
export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #router: Router<HttpRoute>;
  readonly #bucket: TokenBucket | undefined;

  /** @throws InvalidRouteError */
  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#router = compileRoutes(options.routes);
    this.#bucket = options.throttle && new TokenBucket(options.throttle, options.clock);
  }

  /** Answers a request; failures of the function are answers too. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const requestId = this.#options.requestId?.() ?? randomUUID();
    const headers = joinHeaders(request.headers);
    const { cors } = this.#options;
    const preflight =
      cors !== undefined &&
      request.method === 'OPTIONS' &&
      headers.origin !== undefined &&
      headers['access-control-request-method'] !== undefined;
    const response = preflight
      ? { statusCode: 204, headers: {}, body: '' }
      : await this.#answer(request, headers, requestId);
    const own = Object.entries(response.headers).filter(
      ([name]) => cors === undefined || !name.startsWith('access-control-'),
    );
    return {
      ...response,
      headers: {
        ...Object.fromEntries(own),
        ...(cors === undefined ? {} : corsHeaders(cors, headers, preflight)),
        'apigw-requestid': requestId,
      },
    };
  }

  async #answer(
    request: HttpRequest,
    headers: Readonly<Record<string, string>>,
    requestId: string,
  ): Promise<HttpResponse> {
    if (this.#bucket?.take() === false) return message(429, 'Too Many Requests');
    const path = this.#withinStage(request.path);
    const match = path === undefined ? undefined : this.#router.match(request.method, path);
    if (!match) return message(404, 'Not Found');
    const { route, pathParameters } = match;
    let jwt: JwtContext | undefined;
    if (route.authorizer) {
      const authorization = await authorize({
        header: headers.authorization,
        authorizer: route.authorizer,
        scopes: route.scopes ?? [],
        now: this.#options.clock.now(),
        jwks: (issuer) => this.#options.jwks(issuer),
      });
      if (authorization.outcome === 'unauthorized')
        return message(401, 'Unauthorized', { 'www-authenticate': authorization.challenge });
      if (authorization.outcome === 'forbidden')
        return message(403, 'Forbidden', { 'www-authenticate': authorization.challenge });
      jwt = authorization.jwt;
    }
    if (request.body !== undefined && Buffer.byteLength(request.body) > largestBody)
      return message(413, 'Request Entity Too Large');
    return this.#integrate(
      route,
      toEvent(request, {
        routeKey: route.routeKey,
        stage: this.#options.stage,
        pathParameters,
        ...(jwt ? { jwt } : {}),
        account: this.#options.account ?? '000000000000',
        apiId: this.#options.apiId ?? 'local',
        requestId,
        now: this.#options.clock.now(),
      }),
    );
  }

  async #integrate(route: HttpRoute, event: unknown): Promise<HttpResponse> {
    const { clock } = this.#options;
    const deadline = Promise.withResolvers<typeof timedOut>();
    const timer = clock.schedule(clock.now() + integrationTimeout, () => deadline.resolve(timedOut));
    try {
      const result = await Promise.race([this.#options.invoke(route.functionArn, event), deadline.promise]);
      if (result === timedOut) return message(503, 'Service Unavailable');
      return toResponse(result) ?? message(500, 'Internal Server Error');
    } catch {
      return message(500, 'Internal Server Error');
    } finally {
      timer.cancel();
    }
  }

  /** The path that routes know: without the stage, unless that is `$default`. */
  #withinStage(path: string): string | undefined {
    const { stage } = this.#options;
    if (stage === '$default') return path;
    if (path === `/${stage}`) return '/';
    return path.startsWith(`/${stage}/`) ? path.slice(stage.length + 1) : undefined;
  }
}

function message(statusCode: number, text: string, headers: Record<string, string> = {}): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ message: text }),
  };
}
