import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Simulator, startSimulator } from '#simulator/simulator.ts';

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ credentials: { billing: 'right' }, now: () => Date.UTC(2026, 10, 20) });
});
afterEach(() => simulator.reset());
afterAll(() => simulator.stop());

interface CallOptions {
  readonly key?: string;
  readonly order?: string;
  readonly step?: string;
  readonly token?: string;
  readonly method?: string;
  readonly url?: string;
}

async function call(
  system: string,
  operation: string,
  body: unknown,
  { key = 'k1', order = 'O1', step, token = 'any', method = 'POST', url }: CallOptions = {},
) {
  const response = await fetch(url ?? `${simulator.baseUrl(system)}/${operation}`, {
    method,
    headers: {
      ...(key ? { 'idempotency-key': key } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(order ? { 'x-correlation-id': order } : {}),
      ...(step ? { 'x-step': step } : {}),
      'content-type': 'application/json',
    },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: text === '' ? undefined : JSON.parse(text),
  };
}

const reserve = (options: CallOptions = {}, body: unknown = { sku: 'STB', quantity: 1 }) =>
  call('warehouse', 'stock.reserve', body, options);

describe('a call', () => {
  it('has an effect once, and the same answer every time', async () => {
    const first = await reserve();
    expect(first).toMatchObject({
      status: 200,
      type: 'application/json',
      body: { reservationId: expect.stringMatching(/^RES-\d{8}$/), eta: expect.any(String) },
    });
    expect(await reserve({}, { quantity: 1, sku: 'STB' })).toEqual(first);
    expect(simulator.ledger()).toEqual([
      {
        at: '2026-11-20T00:00:00.000Z',
        system: 'warehouse',
        operation: 'stock.reserve',
        key: 'k1',
        correlationId: 'O1',
        bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        input: { sku: 'STB', quantity: 1 },
        outputs: first.body,
      },
    ]);
    expect((await reserve({ key: 'k2' })).body).not.toEqual(first.body);
  });

  it('gets the same outputs from another simulator with the same seed', async () => {
    const first = await reserve();
    simulator.reset();
    expect((await reserve()).body).toEqual(first.body);
    const other = await startSimulator({ seed: 'other' });
    const elsewhere = await reserve({ url: `${other.baseUrl('warehouse')}/stock.reserve` });
    expect(elsewhere.body).not.toEqual(first.body);
    await other.stop();
  });

  it('has one effect also when it comes many times at once', async () => {
    simulator.script({ match: {}, answers: [{ kind: 'delay', milliseconds: 30 }] });
    const answers = await Promise.all(Array.from({ length: 5 }, () => reserve()));
    expect(new Set(answers.map(({ body }) => body.reservationId)).size).toBe(1);
    expect(simulator.ledger()).toHaveLength(1);
  });

  it('may not use a key again for something else', async () => {
    await reserve();
    const reused = {
      status: 422,
      type: 'application/problem+json',
      body: { code: 'IDEMPOTENCY_KEY_REUSED' },
    };
    expect(await reserve({}, { sku: 'ROUTER' })).toMatchObject(reused);
    expect(await call('warehouse', 'stock.release', { sku: 'STB', quantity: 1 })).toMatchObject(reused);
    expect(simulator.ledger()).toHaveLength(1);
  });

  it.each<[string, () => ReturnType<typeof call>, number, string]>([
    ['has no key', () => reserve({ key: '' }), 400, 'IDEMPOTENCY_KEY_MISSING'],
    ['has no credential', () => reserve({ token: '' }), 401, 'UNAUTHORIZED'],
    [
      'has the wrong credential',
      () => call('billing', 'billing.start', {}, { token: 'wrong' }),
      401,
      'UNAUTHORIZED',
    ],
    ['is for no system', () => call('bakery', 'bread.bake', {}), 404, 'UNKNOWN_SYSTEM'],
    ['is for no operation', () => call('warehouse', 'bread.bake', {}), 404, 'UNKNOWN_OPERATION'],
    ['goes nowhere', () => call('', '', {}, { url: `${simulator.url}/elsewhere` }), 404, 'UNKNOWN_RESOURCE'],
    ['only reads', () => reserve({ method: 'GET' }), 405, 'METHOD_NOT_ALLOWED'],
    ['is not JSON', () => reserve({}, '{'), 400, 'INVALID_INPUT'],
    ['is no object', () => reserve({}, [1]), 400, 'INVALID_INPUT'],
    ['lacks a field', () => reserve({}, { quantity: 1 }), 400, 'INVALID_INPUT'],
    ['is too large', () => reserve({}, { sku: 'x'.repeat(1_100_000) }), 413, 'TOO_LARGE'],
  ])('is refused when it %s', async (_what, make, status, code) => {
    expect(await make()).toMatchObject({
      status,
      type: 'application/problem+json',
      body: { type: expect.stringMatching(/^urn:problem:/), title: expect.any(String), status, code },
    });
    expect(simulator.ledger()).toEqual([]);
  });

  it('is let in with the right credential', async () => {
    const answer = await call('billing', 'billing.start', { accountId: 'A' }, { token: 'right' });
    expect(answer.status).toBe(200);
  });
});

describe('scripts', () => {
  it('tell what nobody has asked for yet, but for what is answered for good', async () => {
    const down = { kind: 'fail' as const, status: 503, times: 2 };
    simulator.script({ match: { key: 'k1' }, answers: [down, { kind: 'success', times: 'always' }] });
    expect(simulator.unanswered()).toMatchObject([
      { match: { key: 'k1' }, answers: [{ kind: 'fail', times: 2 }] },
    ]);
    await reserve();
    expect(simulator.unanswered()).toMatchObject([
      { match: { key: 'k1' }, answers: [{ kind: 'fail', times: 1 }] },
    ]);
    await reserve();
    expect(simulator.unanswered()).toEqual([]);
  });

  it('are used up in order, then the default returns', async () => {
    simulator.script({
      match: { operation: 'stock.reserve' },
      answers: [
        { kind: 'fail', times: 2 },
        { kind: 'reject', code: 'OUT_OF_STOCK' },
        { kind: 'pending', milliseconds: 2500 },
        { kind: 'success', outputs: { eta: '2027-01-01' } },
      ],
    });
    expect(await reserve()).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect(await reserve()).toMatchObject({ status: 503 });
    expect(await reserve()).toMatchObject({
      status: 422,
      body: { code: 'OUT_OF_STOCK', detail: 'There are not enough units.' },
    });
    expect(await reserve()).toMatchObject({ status: 202, retryAfter: '3', body: { status: 'pending' } });
    expect(simulator.ledger()).toEqual([]);
    const done = await reserve();
    expect(done).toMatchObject({
      status: 200,
      body: { reservationId: expect.any(String), eta: '2027-01-01' },
    });
    expect(await reserve()).toEqual(done);
    expect((await reserve({ key: 'k2' })).body.eta).not.toBe('2027-01-01');
    expect(simulator.ledger()).toHaveLength(2);
  });

  it.each([
    [409, 'CONFLICT', null],
    [429, 'THROTTLED', '1'],
    [503, 'UNAVAILABLE', null],
    [504, 'TIMEOUT', null],
    [500, 'INTERNAL_ERROR', null],
  ])('fail with %i as %s', async (status, code, retryAfter) => {
    simulator.script({ match: {}, answers: [{ kind: 'fail', status }] });
    expect(await reserve()).toMatchObject({ status, retryAfter, body: { status, code } });
  });

  it('only concern calls that match', async () => {
    const match = { system: 'warehouse', operation: 'stock.reserve', correlationId: 'O2', key: 'step-7' };
    simulator.script({ match, answers: [{ kind: 'fail', times: 'always' }] });
    const key = 'O2-step-7-1';
    expect((await reserve({ key, order: 'O2' })).status).toBe(503);
    expect((await reserve({ key, order: 'O2' })).status).toBe(503);
    expect((await reserve({ key, order: 'O1' })).status).toBe(200);
    expect((await reserve({ key: 'O2-step-8-1', order: 'O2' })).status).toBe(200);
    expect((await call('warehouse', 'stock.release', {}, { key: 'step-7', order: 'O2' })).status).toBe(200);
  });

  it('can lose the answer although the effect happened', async () => {
    simulator.script({ match: {}, answers: [{ kind: 'lost' }] });
    expect(await reserve()).toMatchObject({ status: 504, body: { code: 'TIMEOUT' } });
    expect(simulator.ledger()).toHaveLength(1);
    expect(await reserve()).toMatchObject({ status: 200 });
    expect(simulator.ledger()).toHaveLength(1);
  });

  it('can lose the answers of retries too, until one was heard', async () => {
    simulator.script({ match: {}, answers: [{ kind: 'lost', times: 3 }] });
    for (const status of [504, 504, 504, 200]) expect(await reserve()).toMatchObject({ status });
    simulator.script({ match: {}, answers: [{ kind: 'lost' }] });
    expect(await reserve()).toMatchObject({ status: 200 });
    expect(simulator.ledger()).toHaveLength(1);
  });

  it('can answer late', async () => {
    simulator.script({ match: {}, answers: [{ kind: 'fail', milliseconds: 40 }] });
    const started = performance.now();
    expect((await reserve()).status).toBe(503);
    expect(performance.now() - started).toBeGreaterThanOrEqual(35);
  });

  it('come over the control API, and are checked', async () => {
    const post = (body: unknown) =>
      call('', '', body, { url: `${simulator.url}/control/scripts`, key: '', token: '' });
    expect(await post({ match: { system: 'warehouse' }, answers: [{ kind: 'fail' }] })).toMatchObject({
      status: 204,
    });
    expect((await reserve()).status).toBe(503);
    await post({ answers: [{ kind: 'fail' }] });
    await fetch(`${simulator.url}/control/scripts`, { method: 'DELETE' });
    expect((await reserve()).status).toBe(200);
    for (const bad of [
      {},
      { answers: [] },
      { answers: [{ kind: 'explode' }] },
      { match: { sys: 'x' }, answers: [{ kind: 'fail' }] },
    ])
      expect(await post(bad)).toMatchObject({ status: 400, body: { code: 'INVALID_INPUT' } });
  });
});

describe('the ledger', () => {
  const get = async (path: string) => (await fetch(`${simulator.url}/control/${path}`)).json();

  it('is read by order, system and operation', async () => {
    await reserve({ key: 'a', order: 'O1' });
    await reserve({ key: 'b', order: 'O2' });
    await call('number-pool', 'number.reserve', {}, { key: 'c', order: 'O2' });
    expect(await get('ledger')).toHaveLength(3);
    expect(await get('ledger?correlationId=O2')).toMatchObject([{ key: 'b' }, { key: 'c' }]);
    expect(await get('ledger?correlationId=O2&system=number-pool')).toMatchObject([{ key: 'c' }]);
    expect(simulator.ledger({ operation: 'stock.reserve' })).toHaveLength(2);
    await fetch(`${simulator.url}/control/ledger`, { method: 'DELETE' });
    expect(await get('ledger')).toEqual([]);
  });

  it('keeps messages for the order', async () => {
    const message = { template: 'HW_SHIPPED', channels: ['sms'], recipient: '+4520304050', params: { n: 1 } };
    await call('notify', 'message.send', message, { key: 'm1', order: 'O1' });
    await call('notify', 'message.send', message, { key: 'm1', order: 'O1' });
    await call('notify', 'message.send', { template: 'OTHER' }, { key: 'm2', order: 'O2' });
    expect(await get('messages?correlationId=O1')).toEqual([
      {
        ...message,
        at: '2026-11-20T00:00:00.000Z',
        correlationId: 'O1',
        messageId: expect.stringMatching(/^MSG-/),
      },
    ]);
    expect(await get('messages')).toHaveLength(2);
  });

  it('shows when a step had two effects, unless the first was taken back', async () => {
    const step = '03.reserve';
    const first = await reserve({ key: 'run-1', step });
    expect(simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
    await reserve({ key: 'run-2', step });
    expect(await get('effects/double')).toMatchObject({
      byKey: [],
      byStep: [[{ key: 'run-1' }, { key: 'run-2' }]],
      undoneTwice: [],
    });
    await call('warehouse', 'stock.release', first.body, { key: 'undo-1', step });
    expect(simulator.ledger().at(-1)).toMatchObject({ operation: 'stock.release', undoes: 'run-1' });
    expect(simulator.doubleEffects().byStep).toEqual([]);
    await call('warehouse', 'stock.release', first.body, { key: 'undo-2' });
    expect(simulator.doubleEffects().undoneTwice).toMatchObject([[{ key: 'undo-1' }, { key: 'undo-2' }]]);
  });

  it('shows when a key was used in two systems', async () => {
    await reserve({ key: 'same' });
    await call('number-pool', 'number.reserve', {}, { key: 'same' });
    expect(simulator.doubleEffects().byKey).toMatchObject([
      [{ system: 'warehouse' }, { system: 'number-pool' }],
    ]);
  });

  it('takes back the newest effect in force when there are no outputs to tell them apart', async () => {
    const registry = (operation: string, key: string) =>
      call('number-registry', operation, { number: '+4533000000' }, { key });
    await registry('emergency.register', 'r1');
    await registry('emergency.register', 'r2');
    await registry('emergency.deregister', 'd1');
    await registry('emergency.deregister', 'd2');
    expect(simulator.ledger().map(({ undoes }) => undoes)).toEqual([undefined, undefined, 'r2', 'r1']);
    expect(simulator.doubleEffects().undoneTwice).toEqual([]);
  });

  it('never gives a number to two, and gives it again once it is released', async () => {
    const numbers = new Set<string>();
    for (let at = 0; at < 200; at++) {
      const { body } = await call(
        'number-pool',
        'number.reserve',
        { numberType: 'mobile' },
        { key: `n${at}` },
      );
      numbers.add(body.number);
    }
    expect(numbers.size).toBe(200);
    const [number] = numbers;
    await call('number-pool', 'number.release', { number }, { key: 'undo' });
    expect(simulator.ledger().at(-1)).toMatchObject({ undoes: 'n0' });
  });

  it('forgets the oldest effects beyond its limit', async () => {
    const small = await startSimulator({ ledgerLimit: 2 });
    const url = `${small.baseUrl('notify')}/message.send`;
    for (const key of ['a', 'b', 'c']) await call('', '', { template: key }, { key, url });
    expect(small.ledger().map(({ key }) => key)).toEqual(['b', 'c']);
    expect(small.messages().map(({ template }) => template)).toEqual(['b', 'c']);
    await small.stop();
  });
});

describe('the server', () => {
  it('tells what it can do', async () => {
    expect(await (await fetch(`${simulator.url}/control/health`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${simulator.url}/control/operations`)).json()).toContainEqual(
      expect.objectContaining({ system: 'warehouse', operation: 'stock.release', undoes: ['stock.reserve'] }),
    );
  });

  it('takes as long as it is told', async () => {
    const slow = await startSimulator({ latency: { least: 30, most: 40 } });
    const started = performance.now();
    await reserve({ url: `${slow.baseUrl('warehouse')}/stock.reserve` });
    expect(performance.now() - started).toBeGreaterThanOrEqual(25);
    await slow.stop();
  });

  it('does not start on a port that is taken', async () => {
    await expect(startSimulator({ port: simulator.port })).rejects.toThrow('EADDRINUSE');
  });

  it('stops while a call is waiting', async () => {
    const other = await startSimulator();
    other.script({ match: {}, answers: [{ kind: 'delay', milliseconds: 60_000 }] });
    const waiting = reserve({ url: `${other.baseUrl('warehouse')}/stock.reserve` });
    const failed = expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 30));
    await other.stop();
    await failed;
  });
});

describe('whatever happens', () => {
  it('there is one effect per key, and every answer to a key that succeeded is the same', async () => {
    const answer = fc.oneof(
      fc.constant({ kind: 'success' as const }),
      fc.constant({ kind: 'fail' as const }),
      fc.constant({ kind: 'lost' as const }),
      fc.constant({ kind: 'pending' as const }),
      fc.constant({ kind: 'reject' as const, code: 'OUT_OF_STOCK' }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(answer, { minLength: 1, maxLength: 8 }),
        fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 12 }),
        async (answers, keys) => {
          simulator.reset();
          simulator.script({ match: {}, answers });
          const given = new Map<string, unknown>();
          for (const key of keys) {
            const { status, body } = await reserve({ key, step: key });
            if (given.has(key)) expect({ status, body }).toEqual({ status: 200, body: given.get(key) });
            else if (status === 200) given.set(key, body);
          }
          const effects = simulator.ledger().map(({ key }) => key);
          expect(new Set(effects).size).toBe(effects.length);
          for (const key of given.keys()) expect(effects).toContain(key);
          expect(simulator.doubleEffects()).toEqual({ byKey: [], byStep: [], undoneTwice: [] });
        },
      ),
      { numRuns: 40 },
    );
  });
});
