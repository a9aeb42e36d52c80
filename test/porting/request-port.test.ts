import { describe, expect, it } from 'vitest';
import { requestPort } from '#functions/tasks/np.request.ts';
import { InputIncomplete } from '#shared/domain/errors.ts';
import { request } from '#shared/tasks/porting.ts';
import { ORDER, suborder } from '#test/steps/support.ts';

const NOW = new Date('2026-06-16T10:00:00+02:00');
const NUMBER = '+4520000001';

/** The request that follows from what is known, and everything that the clearing house is asked. */
async function ask(known: Readonly<Record<string, unknown>>, now = NOW) {
  const asked: { operation?: string | undefined; body?: unknown }[] = [];
  const work = requestPort(
    async (_context, question = {}) => {
      asked.push(question);
      return question.operation
        ? { operator: 'ANOTHER' }
        : { npOrderId: 'NP1', portDate: question.body?.portDate };
    },
    () => now,
  );
  const outputs = await work({
    event: { order: ORDER, suborder: '01', step: 'portReq', task: request.name },
    suborder: suborder('01'),
    input: request.input.parse({ number: NUMBER, donor: 'OTHER', authorityRef: 'A-1', ...known }),
    idempotencyKey: 'key',
    mayBeDone: false,
  });
  return { asked, outputs: request.output.parse(outputs) };
}

describe('a request for a port', () => {
  it('asks for the earliest date, and says until when the number has to be here', async () => {
    const { asked, outputs } = await ask({});
    expect(asked).toEqual([
      {
        body: {
          number: NUMBER,
          donor: 'OTHER',
          authorityRef: 'A-1',
          urgency: 'standard',
          portDate: '2026-06-17',
        },
      },
    ]);
    expect(outputs).toEqual({
      npOrderId: 'NP1',
      portDate: '2026-06-17',
      portBy: '2026-06-17T21:59:59.999Z',
      donor: 'OTHER',
    });
  });

  it('asks for the date of the customer when it is later', async () => {
    expect((await ask({ requestedDate: '2026-06-27T10:00:00Z' })).outputs.portDate).toBe('2026-06-29');
  });

  it.each([
    ['leaves a card that is sent the time to arrive', { newSim: 'physical' }, '2026-06-19'],
    [
      'does not wait for a card that has come',
      { newSim: 'physical', deliveredAt: '2026-06-15' },
      '2026-06-17',
    ],
    ['waits for no card with an eSIM', { newSim: 'esim' }, '2026-06-17'],
  ])('%s', async (_what, known, portDate) => {
    const { asked, outputs } = await ask(known);
    expect(outputs.portDate).toBe(portDate);
    expect(asked[0]?.body).not.toHaveProperty('newSim');
  });

  it('takes the date that the clearing house has, as for a call repeated after the cut-off', async () => {
    const work = requestPort(
      async () => ({ npOrderId: 'NP1', portDate: '2026-06-17' }),
      () => new Date('2026-06-16T16:01:00+02:00'),
    );
    const outputs = await work({
      event: { order: ORDER, suborder: '01', step: 'portReq', task: request.name },
      suborder: suborder('01'),
      input: request.input.parse({ number: NUMBER, donor: 'OTHER', authorityRef: 'A-1' }),
      idempotencyKey: 'key',
      mayBeDone: false,
    });
    expect(outputs).toMatchObject({ portDate: '2026-06-17', portBy: '2026-06-17T21:59:59.999Z' });
  });

  it('looks the donor up when nobody knows it', async () => {
    const { asked, outputs } = await ask({ donor: undefined });
    expect(asked[0]).toEqual({ operation: 'np.find-operator', body: { number: NUMBER } });
    expect(asked[1]?.body).toMatchObject({ donor: 'ANOTHER' });
    expect(outputs.donor).toBe('ANOTHER');
  });

  it.each([
    ['NP04_WRONG_DONOR', { donor: 'ANOTHER', portDate: '2026-06-17' }],
    ['NP06_DATE_INVALID', { donor: 'OTHER', portDate: '2026-06-25' }],
    ['NP09_PREPAID_POSTPAID', { donor: 'OTHER', portDate: '2026-06-17', donorContract: 'prepaid' }],
    ['NP02_ICC_MISMATCH', { donor: 'OTHER', portDate: '2026-06-17' }],
  ])('after %s says %o', async (rejectedWith, said) => {
    const { asked } = await ask({ rejectedWith, portDate: '2026-06-24' });
    expect(asked.at(-1)?.body).toEqual({
      number: NUMBER,
      authorityRef: 'A-1',
      urgency: 'standard',
      ...said,
    });
  });

  it('says that the contract is not prepaid when it was said to be', async () => {
    const { outputs } = await ask({ donorContract: 'prepaid', rejectedWith: 'NP09_PREPAID_POSTPAID' });
    expect(outputs.donorContract).toBe('postpaid');
  });

  it('of a number that left by mistake is for today', async () => {
    expect((await ask({ urgency: 'emergency' })).outputs.portDate).toBe('2026-06-16');
  });

  it.each([
    ['nobody has signed', { authorityRef: undefined }],
    [
      'the donor disputes what was signed, and there is no proof',
      { authorityRef: undefined, authoritySigned: true, rejectedWith: 'NP10_AUTHORITY_MISSING' },
    ],
  ])('is not sent when %s', async (_what, known) => {
    const error = await ask(known).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InputIncomplete);
    expect(error).toMatchObject({ fields: ['authorityRef'], message: expect.stringContaining('consent') });
  });

  it('is sent when the customer signed while ordering', async () => {
    const { outputs } = await ask({ authorityRef: undefined, authoritySigned: true });
    expect(outputs.npOrderId).toBe('NP1');
  });
});
