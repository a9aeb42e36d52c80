import * as z from 'zod';
import type { JwtContext } from './http-authorizer.ts';

/** A request as it came in. */
export interface HttpRequest {
  readonly method: string;
  /** Path as sent, still escaped, without the query. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly rawQuery?: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string | Uint8Array;
  readonly sourceIp: string;
}

/** An answer to send. A header with several values (`set-cookie`) has a list. */
export interface HttpResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  /** Whether {@link body} is base64 of the bytes to send. */
  readonly isBase64Encoded?: boolean;
}

/** What of an event does not come from the request itself. */
export interface EventFacts {
  readonly routeKey: string;
  readonly stage: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly jwt?: JwtContext;
  readonly account: string;
  readonly apiId: string;
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Request headers with names in lower case, several values joined by a comma. */
export function joinHeaders(headers: HttpRequest['headers']): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    const text = typeof value === 'string' ? value : value.join(',');
    joined[key] = joined[key] === undefined ? text : `${joined[key]},${text}`;
  }
  return joined;
}

/**
 * The event a function gets, in payload format 2.0. After the API Gateway developer guide, "Create AWS Lambda
 * proxy integrations for HTTP APIs". Fields without content (cookies, query, parameters, body) are left out.
 */
export function toEvent(request: HttpRequest, facts: EventFacts): Record<string, unknown> {
  const { cookie, ...headers } = joinHeaders(request.headers);
  const rawQueryString = request.rawQuery ?? '';
  const query = joinQuery(rawQueryString);
  const domainName = headers.host ?? `${facts.apiId}.execute-api.localhost`;
  const content = toContent(request.body, headers['content-type']);
  return {
    version: '2.0',
    routeKey: facts.routeKey,
    rawPath: request.path,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/[;,] */).filter(Boolean) }),
    headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId: facts.account,
      apiId: facts.apiId,
      ...(facts.jwt ? { authorizer: { jwt: facts.jwt } } : {}),
      domainName,
      domainPrefix: domainName.split('.')[0],
      http: {
        method: request.method,
        path: request.path,
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: facts.requestId,
      routeKey: facts.routeKey,
      stage: facts.stage,
      time: commonLogTime(facts.now),
      timeEpoch: facts.now,
    },
    ...(Object.keys(facts.pathParameters).length === 0 ? {} : { pathParameters: facts.pathParameters }),
    ...content,
  };
}

function joinQuery(rawQuery: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQuery))
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  return query;
}

/** Types whose body a function gets as text; every other body it gets as base64. */
const textType = /^(text\/.*|application\/(json|javascript|xml))$/;

function toContent(
  body: HttpRequest['body'],
  contentType: string | undefined,
): { body?: string; isBase64Encoded: boolean } {
  if (body === undefined || body.length === 0) return { isBase64Encoded: false };
  const bytes = Buffer.from(body);
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'text/plain';
  return textType.test(type)
    ? { body: bytes.toString('utf8'), isBase64Encoded: false }
    : { body: bytes.toString('base64'), isBase64Encoded: true };
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Such as `12/Mar/2026:19:03:58 +0000`. */
function commonLogTime(now: number): string {
  const [date = '', time = ''] = new Date(now).toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time} +0000`;
}

const envelopeSchema = z.object({
  statusCode: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

/**
 * What a function's result means: an object with `statusCode` is taken as a response, anything else becomes
 * the body of a 200 JSON response. Undefined when the response is malformed, which the client sees as a 500.
 */
export function toResponse(result: unknown): HttpResponse | undefined {
  if (typeof result !== 'object' || result === null || !('statusCode' in result))
    return {
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body: typeof result === 'string' ? result : JSON.stringify(result ?? null),
    };
  const { data } = envelopeSchema.safeParse(result);
  if (!data) return undefined;
  const headers: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(data.headers ?? {})) headers[name.toLowerCase()] = String(value);
  if (data.cookies && data.cookies.length > 0) headers['set-cookie'] = data.cookies;
  const body = data.body ?? '';
  if (body !== '') headers['content-type'] ??= 'text/plain; charset=utf-8';
  return {
    statusCode: data.statusCode,
    headers,
    body,
    ...(data.isBase64Encoded ? { isBase64Encoded: true } : {}),
  };
}
