import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HttpOptions, type HttpRequest, httpHandler } from '#functions/http.ts';
import {
  BusinessRejection,
  Forbidden,
  InvalidRequest,
  NotFound,
  StateConflict,
  TechnicalError,
} from '#shared/domain/errors.ts';
import { context } from './requests.ts';

vi.hoisted(() => {
  // The logger then writes to the console that tests can watch.
  process.env.POWERTOOLS_DEV = 'true';
});

const lines: string[] = [];
beforeEach(() => {
  for (const level of ['info', 'error', 'warn', 'debug', 'log'] as const)
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
  lines.length = 0;
});

interface Call {
  method?: string;
  body?: string;
  base64?: boolean;
  headers?: Record<string, string>;
  claims?: Record<string, string>;
  anonymous?: boolean;
}

/** An event as the HTTP API (payload format 2.0) sends it. */
const event = (call: Call): APIGatewayProxyEventV2WithJWTAuthorizer => ({
  version: '2.0',
  routeKey: `${call.method ?? 'GET'} /things/{id}`,
  rawPath: '/things/1',
  rawQueryString: '',
  headers: call.headers ?? {},
  pathParameters: { id: '1' },
  queryStringParameters: { a: '1,2' },
  isBase64Encoded: call.base64 ?? false,
  ...(call.body !== undefined && { body: call.body }),
  requestContext: {
    accountId: '111122223333',
    apiId: 'api',
    domainName: 'api.example.com',
    domainPrefix: 'api',
    http: {
      method: call.method ?? 'GET',
      path: '/things/1',
      protocol: 'HTTP/1.1',
      sourceIp: '192.0.2.1',
      userAgent: 't',
    },
    requestId: 'gateway-1',
    routeKey: '',
    stage: '$default',
    time: '',
    timeEpoch: 0,
    authorizer: {
      principalId: '',
      integrationLatency: 0,
      jwt: {
        claims: call.anonymous
          ? {}
          : (call.claims ?? {
              sub: 'user 1',
              client_id: 'portal',
              scope: 'orders:read orders:write',
              desks: '[SUPERVISOR ORDER_DESK]',
            }),
        scopes: [],
      },
    },
  },
});

async function send(options: Partial<HttpOptions>, call: Call = {}) {
  const seen: HttpRequest[] = [];
  const handler = httpHandler({
    errors: 'tmf622',
    handle: async (request) => {
      seen.push(request);
      return { status: 200, body: { ok: true } };
    },
    ...options,
  });
  const answer: APIGatewayProxyStructuredResultV2 = await handler(event(call), context);
  return { answer, body: answer.body === undefined ? undefined : JSON.parse(answer.body), request: seen[0] };
}

const failing = (error: unknown) => ({
  handle: async () => {
    throw error;
  },
});

describe('an HTTP handler', () => {
  it('gets the parsed body, parameters and the caller of the token', async () => {
    const { answer, request } = await send({}, { method: 'POST', body: '{"a":1}' });
    expect(request).toEqual({
      body: { a: 1 },
      path: { id: '1' },
      query: { a: '1,2' },
      headers: {},
      caller: {
        sub: 'user 1',
        clientId: 'portal',
        scopes: ['orders:read', 'orders:write'],
        desks: ['SUPERVISOR', 'ORDER_DESK'],
      },
    });
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
  });

  it('takes a person without a client as their own client', async () => {
    expect((await send({}, { claims: { sub: 'u' } })).request?.caller).toEqual({
      sub: 'u',
      clientId: 'u',
      scopes: [],
      desks: [],
    });
  });

  it('decodes a body that the gateway encoded', async () => {
    const body = Buffer.from('{"ø":1}').toString('base64');
    expect((await send({}, { method: 'PATCH', body, base64: true })).request?.body).toEqual({ ø: 1 });
  });

  it('passes headers of the answer on, and an answer without body', async () => {
    const { answer } = await send({ handle: async () => ({ status: 204, headers: { location: '/x' } }) });
    expect(answer).toEqual({ statusCode: 204, headers: { location: '/x', 'x-correlation-id': 'gateway-1' } });
  });

  it('answers the correlation id of the caller, unless it may not be logged', async () => {
    const correlate = async (id: string) =>
      (await send({}, { headers: { 'x-correlation-id': id } })).answer.headers?.['x-correlation-id'];
    expect(await correlate('order-77')).toBe('order-77');
    expect(await correlate('Jane Doe <jane@example.com>')).toBe('gateway-1');
  });

  it.each([
    ['no body', { method: 'POST' }, 400, '21'],
    ['an empty body', { method: 'POST', body: ' ' }, 400, '21'],
    ['a body that is not JSON', { method: 'POST', body: '{' }, 400, '22'],
    ['no identity', { anonymous: true }, 403, '50'],
  ])('refuses a request with %s', async (_, call: Call, status, code) => {
    const { answer, body, request } = await send({}, call);
    expect(request).toBeUndefined();
    expect(answer.statusCode).toBe(status);
    expect(body).toMatchObject({ code, status: String(status) });
  });

  it('lets a POST without body through where the route says so', async () => {
    expect((await send({ body: 'optional' }, { method: 'POST' })).request).toMatchObject({ body: undefined });
  });

  it.each([
    [new InvalidRequest([{ pointer: '/a', message: 'is wrong' }]), 400, '24', 400],
    [new InvalidRequest([{ pointer: '/a', message: 'is mandatory', missing: true }]), 400, '23', 400],
    [new InvalidRequest([{ pointer: '', message: 'is wrong' }]), 400, '22', 400],
    [new InvalidRequest([{ pointer: 'x', message: 'is unknown' }], 'InvalidQuery'), 400, '28', 400],
    [
      new InvalidRequest([{ pointer: 'x', message: 'is mandatory', missing: true }], 'InvalidQuery'),
      400,
      '27',
      400,
    ],
    [new InvalidRequest([{ pointer: 'x', message: 'is wrong' }], 'InvalidHeader'), 400, '26', 400],
    [new Forbidden('no'), 403, '50', 403],
    [new NotFound('Thing', '1'), 404, '60', 404],
    [new StateConflict('IdempotencyKeyReused', 'used'), 422, '2', 422],
    [new StateConflict('AlreadyClaimed', 'claimed'), 422, '2', 409],
    [new BusinessRejection('NO_STOCK', 'none'), 422, '2', 409],
    [new TechnicalError('Unavailable', 'secret host'), 503, '5', 503],
    [new TechnicalError('Conflict', 'others'), 503, '5', 503],
    [Object.assign(new Error('secret'), { name: 'ThrottlingException' }), 503, '5', 503],
    [new Error('secret'), 500, '1', 500],
    ['thrown text, secret', 500, '1', 500],
  ])('answers %s in both shapes', async (error, status, code, problemStatus) => {
    const tmf622 = await send({ ...failing(error), errors: 'tmf622' });
    expect(tmf622.answer.statusCode).toBe(status);
    expect(tmf622.body).toMatchObject({
      code,
      status: String(status),
      reason: expect.any(String),
      message: expect.any(String),
      referenceError: expect.stringMatching(/^https:/),
    });
    expect(Object.values(tmf622.body).every((value) => typeof value === 'string')).toBe(true);

    const problem = await send({ ...failing(error), errors: 'problem' });
    expect(problem.answer).toMatchObject({
      statusCode: problemStatus,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(problem.body).toMatchObject({
      type: 'about:blank',
      status: problemStatus,
      title: expect.any(String),
    });
    expect(tmf622.answer.body + String(problem.answer.body)).not.toContain('secret');
  });

  it('points at the field', async () => {
    const error = new InvalidRequest([
      { pointer: '/a', message: 'is wrong' },
      { pointer: '/b', message: 'too' },
    ]);
    expect((await send(failing(error))).body).toMatchObject({
      pointer: '/a',
      message: '/a: is wrong; /b: too',
    });
    expect((await send({ ...failing(error), errors: 'problem' })).body.errors).toEqual([
      { pointer: '/a', detail: 'is wrong' },
      { pointer: '/b', detail: 'too' },
    ]);
  });

  it('logs neither body, parameters nor claims', async () => {
    await send({}, { method: 'POST', body: '{"name":"Jane Doe"}' });
    await send(failing(new InvalidRequest([{ pointer: '/name', message: 'Jane Doe is wrong' }])));
    expect(lines).toHaveLength(2);
    expect(lines.join()).not.toMatch(/Jane|user 1|portal/);
  });
});
