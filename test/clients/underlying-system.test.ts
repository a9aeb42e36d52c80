import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { type SystemCall, systemCaller } from '#shared/clients/underlying-system.ts';
import { BusinessRejection, MilepostError, TechnicalError } from '#shared/domain/errors.ts';

const CREDENTIAL = 'very-secret-credential';

const CALL: SystemCall = {
  system: 'warehouse',
  operation: 'stock.reserve',
  idempotencyKey: 'ABC-04-reserve-1',
  correlationId: 'ABC',
  step: '04.reserve',
  body: { sku: 'STB-4K', quantity: 1 },
};

/** Calls a warehouse that answers like this. */
const call = (http: typeof fetch) =>
  systemCaller(
    async (system) => ({ baseUrl: `https://${system}.example`, credential: CREDENTIAL }),
    http,
  )(CALL);

const answering = (status: number, body: unknown): typeof fetch => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return async () => new Response(status === 204 ? null : text, { status });
};

async function failure(http: typeof fetch): Promise<MilepostError> {
  const error = await call(http).catch((thrown: unknown) => thrown);
  if (!(error instanceof MilepostError)) throw new Error(`Expected a product error, got ${inspect(error)}`);
  return error;
}

describe('a call of an underlying system', () => {
  it('posts the input to the operation, and says who calls, for what, under which key', async () => {
    const http = vi.fn<typeof fetch>(async () => Response.json({ reservationId: 'R1' }));
    expect(await call(http)).toEqual({ reservationId: 'R1' });
    expect(http).toHaveBeenCalledTimes(1);
    const [url, init] = http.mock.calls[0] ?? [];
    expect(url).toBe('https://warehouse.example/stock.reserve');
    expect(init?.method).toBe('POST');
    expect(JSON.parse(String(init?.body))).toEqual(CALL.body);
    expect(Object.fromEntries(new Headers(init?.headers))).toEqual({
      'content-type': 'application/json',
      authorization: `Bearer ${CREDENTIAL}`,
      'idempotency-key': 'ABC-04-reserve-1',
      'x-correlation-id': 'ABC',
      'x-step': '04.reserve',
    });
    expect(init?.signal).toBeInstanceOf(AbortSignal);
  });

  it('asks the directory for the system that it calls', async () => {
    const directory = vi.fn(async () => ({ baseUrl: 'https://x.example', credential: CREDENTIAL }));
    await systemCaller(directory, answering(200, {}))(CALL);
    expect(directory).toHaveBeenCalledExactlyOnceWith('warehouse');
  });
});

describe('what a system answers', () => {
  it.each([
    [202, 'AnswerPending'],
    [409, 'Conflict'],
    [429, 'Throttled'],
    [500, 'Unavailable'],
    [502, 'Unavailable'],
    [503, 'Unavailable'],
    [504, 'Timeout'],
    [201, 'ContractViolation'],
    [204, 'ContractViolation'],
    [301, 'ContractViolation'],
    [400, 'ContractViolation'],
    [401, 'ContractViolation'],
    [404, 'ContractViolation'],
  ])('%i is %s', async (status, code) => {
    const error = await failure(answering(status, { detail: 'x' }));
    expect(error.code).toBe(code);
    expect(error.name).toBe(code);
    expect(error.message).toContain('warehouse');
  });

  it('422 is a rejection with the code that the system gives, and its detail', async () => {
    const error = await failure(answering(422, { code: 'OUT_OF_STOCK', detail: 'none left', title: 'No' }));
    expect(error).toBeInstanceOf(BusinessRejection);
    expect(error).toMatchObject({ name: 'OUT_OF_STOCK', code: 'OUT_OF_STOCK', detail: 'none left' });
  });

  it('422 without detail takes the title, else says what was rejected', async () => {
    expect(await failure(answering(422, { code: 'NO', title: 'Sorry' }))).toMatchObject({ detail: 'Sorry' });
    expect(await failure(answering(422, { code: 'NO' }))).toMatchObject({
      detail: 'warehouse rejected stock.reserve',
    });
  });

  it.each([
    ['422 without a code', answering(422, { detail: 'no' }), 'unexpected answer'],
    ['422 that is not JSON', answering(422, '<html>'), 'not JSON'],
    ['200 that is not JSON', answering(200, '<html>login</html>'), 'not JSON'],
    ['200 without a body', answering(200, ''), 'not JSON'],
    ['200 with a list', answering(200, [1]), 'unexpected answer'],
    ['200 with a word', answering(200, '"ok"'), 'unexpected answer'],
  ])('%s breaks the contract', async (_what, http, reason) => {
    expect(await failure(http)).toMatchObject({
      code: 'ContractViolation',
      message: `warehouse broke its contract for stock.reserve: ${reason}`,
    });
  });

  it('says nothing of what the system wrote when it broke the contract', async () => {
    const error = await failure(answering(500, { detail: 'Jane Doe lives here' }));
    expect(inspect(error, { depth: 9 })).not.toContain('Jane');
    expect(inspect(await failure(answering(200, 'Jane Doe')), { depth: 9 })).not.toContain('Jane');
  });
});

describe('a system that does not answer', () => {
  const rejecting =
    (error: unknown): typeof fetch =>
    async () => {
      throw error;
    };

  it('in time is a time-out', async () => {
    const error = await failure(rejecting(new DOMException('aborted', 'TimeoutError')));
    expect(error).toBeInstanceOf(TechnicalError);
    expect(error).toMatchObject({ code: 'Timeout', message: 'warehouse did not answer stock.reserve' });
  });

  it('because the network is down is unavailable, and the message says why', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.1'), { code: 'ECONNREFUSED' });
    const error = await failure(rejecting(new TypeError('fetch failed', { cause: refused })));
    expect(error).toMatchObject({
      code: 'Unavailable',
      message: 'warehouse did not answer stock.reserve (ECONNREFUSED)',
    });
  });

  it('to the end is unavailable', async () => {
    const cut = async () => {
      const response = Response.json({});
      vi.spyOn(response, 'text').mockRejectedValue(new TypeError('terminated'));
      return response;
    };
    expect(await failure(cut)).toMatchObject({ code: 'Unavailable' });
  });

  it('never has the credential in its error, not even when the request could not be made of it', async () => {
    const echoing: typeof fetch = async (_url, init) => {
      const headers = new Headers(init?.headers);
      throw new TypeError(`invalid header value: ${headers.get('authorization')}`);
    };
    expect(inspect(await failure(echoing), { depth: 9 })).not.toContain(CREDENTIAL);
    const broken = systemCaller(async () => ({
      baseUrl: 'http://127.0.0.1:1',
      credential: `${CREDENTIAL}\n`.replace('\n', '\u0000'),
    }));
    const error: unknown = await broken(CALL).catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 9 })).not.toContain(CREDENTIAL);
  });
});
