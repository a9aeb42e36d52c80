import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '#local/clock.ts';
import {
  HttpApi,
  type HttpApiOptions,
  type HttpRequest,
  type HttpRoute,
  InvalidRouteError,
} from '#local/http-api/http-api.ts';

const start = Date.UTC(2026, 2, 12, 19, 3, 58);
const issuer = 'https://issuer.example';
const open = (routeKey: string): HttpRoute => ({ routeKey, functionArn: `fn:${routeKey}` });

let clock: ManualClock;
let events: { functionArn: string; event: unknown }[];
let result: unknown;

beforeEach(() => {
  clock = new ManualClock(start);
  events = [];
  result = { statusCode: 200, body: 'ok' };
});

function api(options: Partial<HttpApiOptions> & Pick<HttpApiOptions, 'routes'>): HttpApi {
  return new HttpApi({
    stage: '$default',
    clock,
    invoke: async (functionArn, event) => {
      events.push({ functionArn, event });
      if (result instanceof Error) throw result;
      return result;
    },
    jwks: async () => {
      throw new Error('no keys here');
    },
    requestId: () => 'req-1',
    ...options,
  });
}

function request(method: string, path: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method, path, headers: {}, sourceIp: '127.0.0.1', ...more };
}

describe('routes', () => {
  const routes = [
    '$default',
    'ANY /{proxy+}',
    'GET /pets/{proxy+}',
    'GET /pets/{kind}/{id}',
    'GET /pets/dog/{id}',
    'GET /pets/dog/1',
    'ANY /pets/dog/1',
    'POST /',
  ].map(open);

  it.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['POST', '/pets/dog/1', 'ANY /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/2', 'GET /pets/{kind}/{id}'],
    ['GET', '/pets/cat/2/tail', 'GET /pets/{proxy+}'],
    ['POST', '/pets/cat/2', 'ANY /{proxy+}'],
    ['POST', '/', 'POST /'],
    ['GET', '/', '$default'],
    ['GET', '/pets/dog/', 'GET /pets/{proxy+}'],
  ])('%s %s goes to %s', async (method, path, routeKey) => {
    await api({ routes }).handle(request(method, path));
    expect(events).toMatchObject([{ functionArn: `fn:${routeKey}`, event: { routeKey } }]);
  });

  it('answers 404 when there is none', async () => {
    const response = await api({ routes: [open('GET /a')] }).handle(request('POST', '/a'));
    expect(response).toMatchObject({ statusCode: 404, body: '{"message":"Not Found"}' });
    expect(events).toEqual([]);
  });

  it('knows paths within the stage only', async () => {
    const staged = api({ routes: [open('GET /a'), open('GET /')], stage: 'v1' });
    expect((await staged.handle(request('GET', '/a'))).statusCode).toBe(404);
    expect((await staged.handle(request('GET', '/v1x/a'))).statusCode).toBe(404);
    expect((await staged.handle(request('GET', '/v1/a'))).statusCode).toBe(200);
    expect((await staged.handle(request('GET', '/v1'))).statusCode).toBe(200);
    expect(events).toMatchObject([{ event: { rawPath: '/v1/a', requestContext: { stage: 'v1' } } }, {}]);
  });

  it.each([
    [['FETCH /a']],
    [['GET a']],
    [['GET /{a}/{a}']],
    [['GET /{a+}/b']],
    [['GET /x{a}']],
    [['GET /{a}', 'GET /{b}']],
    [['$default', '$default']],
  ])('refuses %j', (routeKeys) => {
    expect(() => api({ routes: routeKeys.map(open) })).toThrow(InvalidRouteError);
  });
});

describe('events', () => {
  it('are in payload format 2.0', async () => {
    await api({ routes: [open('POST /x/{id}')], account: '111122223333', apiId: 'abc' }).handle(
      request('POST', '/x/a%2Fb', {
        rawQuery: 'p=1&q=a%20b&p=2',
        headers: {
          Host: 'api.example',
          'Content-Type': 'application/json; charset=utf-8',
          'X-Many': ['1', '2'],
          'User-Agent': 'test',
          Cookie: 'a=1; b=2',
          'X-None': undefined,
        },
        body: '{"n":1}',
      }),
    );
    expect(events[0]?.event).toEqual({
      version: '2.0',
      routeKey: 'POST /x/{id}',
      rawPath: '/x/a%2Fb',
      rawQueryString: 'p=1&q=a%20b&p=2',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: 'api.example',
        'content-type': 'application/json; charset=utf-8',
        'x-many': '1,2',
        'user-agent': 'test',
      },
      queryStringParameters: { p: '1,2', q: 'a b' },
      requestContext: {
        accountId: '111122223333',
        apiId: 'abc',
        domainName: 'api.example',
        domainPrefix: 'api',
        http: {
          method: 'POST',
          path: '/x/a%2Fb',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test',
        },
        requestId: 'req-1',
        routeKey: 'POST /x/{id}',
        stage: '$default',
        time: '12/Mar/2026:19:03:58 +0000',
        timeEpoch: start,
      },
      pathParameters: { id: 'a/b' },
      body: '{"n":1}',
      isBase64Encoded: false,
    });
  });

  it('leave out what is not there', async () => {
    await api({ routes: [open('GET /x')] }).handle(request('GET', '/x'));
    const event = events[0]?.event;
    for (const field of ['cookies', 'queryStringParameters', 'pathParameters', 'body'])
      expect(event).not.toHaveProperty(field);
    expect(event).toHaveProperty('isBase64Encoded', false);
  });

  it('carry other bodies than text as base64, and malformed escapes as they are', async () => {
    const body = new Uint8Array([0xff, 0x00]);
    await api({ routes: [open('PUT /{name}')] }).handle(
      request('PUT', '/50%', { headers: { 'content-type': 'image/png' }, body }),
    );
    expect(events[0]?.event).toMatchObject({
      body: '/wA=',
      isBase64Encoded: true,
      pathParameters: { name: '50%' },
    });
  });
});

describe('answers', () => {
  const respond = async (value: unknown) => {
    result = value;
    return api({ routes: [open('$default')] }).handle(request('GET', '/'));
  };

  it('are taken from a response', async () => {
    expect(
      await respond({
        statusCode: 201,
        headers: { Location: '/x', 'X-Count': 3 },
        cookies: ['a=1', 'b=2'],
        body: 'aGk=',
        isBase64Encoded: true,
      }),
    ).toEqual({
      statusCode: 201,
      headers: {
        location: '/x',
        'x-count': '3',
        'set-cookie': ['a=1', 'b=2'],
        'content-type': 'text/plain; charset=utf-8',
        'apigw-requestid': 'req-1',
      },
      body: 'aGk=',
      isBase64Encoded: true,
    });
    expect(await respond({ statusCode: 204 })).toMatchObject({ statusCode: 204, body: '' });
  });

  it.each([
    [{ id: 1 }, '{"id":1}'],
    [[1], '[1]'],
    ['hello', 'hello'],
    [undefined, 'null'],
  ])('are inferred from %j', async (value, body) => {
    expect(await respond(value)).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json' },
      body,
    });
  });

  it.each([
    [new Error('failed')],
    [{ statusCode: 'ok' }],
    [{ statusCode: 99 }],
    [{ statusCode: 200, body: { not: 'text' } }],
  ])('are 500 for %j', async (value) => {
    expect(await respond(value)).toMatchObject({
      statusCode: 500,
      body: '{"message":"Internal Server Error"}',
    });
  });

  it('are 503 after 30 seconds', async () => {
    const slow = api({ routes: [open('$default')], invoke: () => new Promise(() => {}) });
    const response = slow.handle(request('GET', '/'));
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advanceTo(start + 30_000);
    expect(await response).toMatchObject({ statusCode: 503, body: '{"message":"Service Unavailable"}' });
  });

  it('leave no timer behind', async () => {
    await respond({});
    expect(clock.nextDue()).toBeUndefined();
  });

  it('are 413 for more than 10 MB', async () => {
    const upload = (size: number) =>
      api({ routes: [open('$default')] }).handle(request('PUT', '/', { body: 'x'.repeat(size) }));
    expect(await upload(10 * 1024 * 1024)).toMatchObject({ statusCode: 200 });
    expect(await upload(10 * 1024 * 1024 + 1)).toMatchObject({
      statusCode: 413,
      body: '{"message":"Request Entity Too Large"}',
    });
  });

  it('are 429 while the bucket is empty', async () => {
    const throttled = api({ routes: [open('$default')], throttle: { rate: 2, burst: 3 } });
    const statuses = async (count: number) => {
      const found: number[] = [];
      for (let at = 0; at < count; at++) found.push((await throttled.handle(request('GET', '/'))).statusCode);
      return found;
    };
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    await clock.advanceTo(start + 1000);
    expect(await statuses(3)).toEqual([200, 200, 429]);
    await clock.advanceTo(start + 60_000);
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
  });
});

describe('cors', () => {
  const cors = {
    allowOrigins: ['https://portal.example'],
    allowMethods: ['GET', 'POST'],
    allowHeaders: ['authorization'],
    exposeHeaders: ['location'],
    maxAge: 60,
    allowCredentials: true,
  };
  const origin = 'https://portal.example';

  it('answers a preflight without a function', async () => {
    const response = await api({ routes: [open('GET /a')], cors }).handle(
      request('OPTIONS', '/a', { headers: { origin, 'access-control-request-method': 'GET' } }),
    );
    expect(response).toEqual({
      statusCode: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'authorization',
        'access-control-max-age': '60',
        'apigw-requestid': 'req-1',
      },
      body: '',
    });
    expect(events).toEqual([]);
  });

  it('replaces what the function says, also on errors', async () => {
    result = { statusCode: 200, headers: { 'access-control-allow-origin': '*' } };
    const site = api({ routes: [open('GET /a')], cors });
    const headers = { origin };
    expect((await site.handle(request('GET', '/a', { headers }))).headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'location',
    });
    expect((await site.handle(request('GET', '/b', { headers }))).headers).toHaveProperty(
      'access-control-allow-origin',
    );
    const other = await site.handle(request('GET', '/a', { headers: { origin: 'https://other' } }));
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });
});

describe('tokens', () => {
  let keys: Awaited<ReturnType<typeof generateKeyPair>>;
  let otherKeys: typeof keys;
  beforeAll(async () => {
    keys = await generateKeyPair('RS256');
    otherKeys = await generateKeyPair('RS256');
  });
  const seconds = start / 1000;
  const good = { iss: issuer, aud: 'orders', exp: seconds + 60, sub: 'u', scope: 'a orders/write' };

  interface Signing {
    readonly kid?: string;
    readonly key?: Parameters<SignJWT['sign']>[0];
    readonly alg?: string;
  }
  const sign = (claims: JWTPayload, { kid = 'k1', key = keys.privateKey, alg = 'RS256' }: Signing = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg, ...(kid ? { kid } : {}) }).sign(key);

  const secured = (scopes: string[] = []) =>
    api({
      routes: [
        { ...open('GET /a'), authorizer: { issuer, audience: ['orders', 'other'] }, scopes },
        open('GET /open'),
      ],
      jwks: async (asked) => {
        if (asked !== issuer) throw new Error('unknown issuer');
        return { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'RS256' }] };
      },
    });
  const call = (token: string | undefined, scopes?: string[]) =>
    secured(scopes).handle(
      request('GET', '/a', { headers: token === undefined ? {} : { authorization: token } }),
    );

  it('let a request through, with its claims as texts', async () => {
    const claims = { ...good, 'cognito:groups': ['x', 'y'], admin: true, nested: { a: 1 } };
    expect(await call(`Bearer ${await sign(claims)}`)).toMatchObject({ statusCode: 200 });
    expect(events).toMatchObject([
      {
        event: {
          requestContext: {
            authorizer: {
              jwt: {
                claims: {
                  ...good,
                  exp: String(good.exp),
                  'cognito:groups': '[x y]',
                  admin: 'true',
                  nested: '{"a":1}',
                },
                scopes: null,
              },
            },
          },
        },
      },
    ]);
  });

  it('may come without Bearer, name a client, or list their scopes', async () => {
    expect((await call(await sign(good))).statusCode).toBe(200);
    const { aud, scope: _scope, ...rest } = good;
    const token = await sign({ ...rest, client_id: aud, scp: ['orders/write'] });
    expect((await call(token, ['orders/write'])).statusCode).toBe(200);
    expect(events[1]).toMatchObject({
      event: { requestContext: { authorizer: { jwt: { scopes: ['orders/write'] } } } },
    });
  });

  it('are not needed on an open route', async () => {
    expect((await secured().handle(request('GET', '/open'))).statusCode).toBe(200);
  });

  it('need one of the scopes', async () => {
    expect((await call(await sign(good), ['x', 'orders/write'])).statusCode).toBe(200);
    expect(await call(await sign(good), ['x', 'orders'])).toMatchObject({
      statusCode: 403,
      body: '{"message":"Forbidden"}',
      headers: { 'www-authenticate': 'Bearer scope="x orders" error="insufficient_scope"' },
    });
  });

  it.each<[string, () => Promise<string | undefined> | string | undefined, string]>([
    ['is missing', () => undefined, 'Bearer'],
    ['is empty', () => 'Bearer ', 'Bearer'],
    ['is no token', () => 'Bearer nonsense', 'malformed'],
    ['has expired', () => sign({ ...good, exp: seconds - 1 }), 'expired'],
    ['never expires', () => sign({ iss: issuer, aud: 'orders' }), 'exp'],
    ['is not valid yet', () => sign({ ...good, nbf: seconds + 60 }), 'nbf'],
    ['is from someone else', () => sign({ ...good, iss: 'https://other' }), 'iss'],
    ['is for someone else', () => sign({ ...good, aud: ['x', 'y'] }), 'audience'],
    ['has another signature', () => sign(good, { key: otherKeys.privateKey }), 'signature'],
    ['has an unknown key', () => sign(good, { kid: 'k2' }), 'kid'],
    ['names no key', () => sign(good, { kid: '' }), 'kid'],
    ['has another algorithm', () => sign(good, { alg: 'HS256', key: new Uint8Array(32) }), 'signing method'],
  ])('are refused when the token %s', async (_what, token, reason) => {
    const response = await call(await token());
    expect(response).toMatchObject({ statusCode: 401, body: '{"message":"Unauthorized"}' });
    expect(response.headers['www-authenticate']).toContain(reason);
    expect(events).toEqual([]);
  });

  it('expire by the clock of the API', async () => {
    const token = await sign(good);
    const site = secured();
    const headers = { authorization: token };
    expect((await site.handle(request('GET', '/a', { headers }))).statusCode).toBe(200);
    await clock.advanceTo(start + 60_000);
    expect((await site.handle(request('GET', '/a', { headers }))).statusCode).toBe(401);
  });

  it('are refused while the keys cannot be had', async () => {
    const lost = api({ routes: [{ ...open('GET /a'), authorizer: { issuer, audience: ['orders'] } }] });
    const headers = { authorization: await sign(good) };
    expect(await lost.handle(request('GET', '/a', { headers }))).toMatchObject({ statusCode: 401 });
  });
});
