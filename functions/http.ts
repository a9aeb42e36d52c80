import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { Forbidden, InvalidRequest } from '#shared/domain/errors.ts';
import { type ErrorShape, errorAnswer } from './http-errors.ts';

type HttpEvent = APIGatewayProxyEventV2WithJWTAuthorizer;
type HttpResult = APIGatewayProxyStructuredResultV2;

/** Who calls, from the claims of the token that the gateway has checked. */
export interface Caller {
  readonly sub: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Desks that the person works at (claim `desks`). */
  readonly desks: readonly string[];
}

/** A request as handlers see it; the body is parsed JSON, not validated. */
export interface HttpRequest {
  readonly body: unknown;
  /** Parameters of the route's path. */
  readonly path: Readonly<Record<string, string>>;
  /** Query parameters; those given more than once are joined with commas. */
  readonly query: Readonly<Record<string, string>>;
  /** Header names are in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly caller: Caller;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Answered as JSON; none for 204. */
  readonly body?: unknown;
}

/** What a route does: everything it needs beyond the request was given to it before. */
export type Handle = (request: HttpRequest) => Promise<HttpResponse>;

export interface HttpOptions {
  readonly errors: ErrorShape;
  /** Whether a request without a body is refused; by default `required` for POST, PUT and PATCH, else `optional`. */
  readonly body?: 'required' | 'optional';
  readonly handle: Handle;
}

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);
const CORRELATION_ID = /^[\w.:-]{1,128}$/;

const logger = new Logger();

/**
 * The Lambda handler of an HTTP API route: parses the JSON body, reads the caller from the token's claims, answers
 * errors in the API's shape and logs each request under a correlation id (header `X-Correlation-Id`, else the
 * gateway's request id; answered in the same header). Neither bodies, parameters nor claims are logged.
 */
export const httpHandler = (options: HttpOptions) =>
  middy<HttpEvent, HttpResult>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .before(({ event }) => {
      logger.setCorrelationId(correlationId(event));
    })
    .after(({ event, response }) => {
      logger.info('Answered', { route: event.routeKey, status: response?.statusCode });
    })
    .onError((request) => {
      const { event, error } = request;
      const answer = errorAnswer(error, options.errors);
      const facts = { route: event.routeKey, status: answer.status };
      if (answer.status >= 500) logger.error('Failed', { ...facts, error });
      else logger.info('Refused', { ...facts, error: error?.name });
      request.response = {
        statusCode: answer.status,
        headers: { 'content-type': answer.contentType, 'x-correlation-id': correlationId(event) },
        body: JSON.stringify(answer.body),
      };
    })
    .handler(async (event: HttpEvent): Promise<HttpResult> => {
      const answer = await options.handle({
        body: parseBody(event, options.body),
        path: definedValues(event.pathParameters),
        query: definedValues(event.queryStringParameters),
        headers: definedValues(event.headers),
        caller: callerOf(event),
      });
      return {
        statusCode: answer.status,
        headers: {
          ...(answer.body !== undefined && { 'content-type': 'application/json' }),
          'x-correlation-id': correlationId(event),
          ...answer.headers,
        },
        ...(answer.body !== undefined && { body: JSON.stringify(answer.body) }),
      };
    });

/** The caller's correlation id when it is one that may be logged, else the id that the gateway gave the request. */
function correlationId(event: HttpEvent): string {
  const given = event.headers['x-correlation-id'];
  return given && CORRELATION_ID.test(given) ? given : event.requestContext.requestId;
}

/** @throws InvalidRequest `MissingBody` when a mandatory body is absent, `InvalidBody` when it is not JSON */
function parseBody(event: HttpEvent, option: HttpOptions['body']): unknown {
  const required =
    (option ?? (WITH_BODY.has(event.requestContext.http.method) ? 'required' : 'optional')) === 'required';
  const text =
    event.body && event.isBase64Encoded ? Buffer.from(event.body, 'base64').toString('utf8') : event.body;
  if (!text?.trim()) {
    if (required)
      throw new InvalidRequest([{ pointer: '', message: 'The request has no body' }], 'MissingBody');
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidRequest([{ pointer: '', message: 'The body is not JSON' }]);
  }
}

/** @throws Forbidden when the gateway passed no identity, so that a route without an authorizer is never open */
function callerOf(event: HttpEvent): Caller {
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  const sub = text(claims.sub);
  if (!sub) throw new Forbidden('The request carries no identity');
  return {
    sub,
    clientId: text(claims.client_id) ?? sub,
    scopes: words(claims.scope),
    desks: words(claims.desks),
  };
}

const text = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined;

/** The values of a claim: the gateway hands lists over as text, `[a b]`. */
function words(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.map(String);
  if (typeof claim !== 'string') return [];
  return claim
    .replace(/^\[(.*)\]$/, '$1')
    .split(/[\s,]+/)
    .filter(Boolean);
}

function definedValues(values: Partial<Record<string, string>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
