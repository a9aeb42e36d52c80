import { beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ORDERS_PATH } from '#scripts/api.ts';
import { Stage } from '#test/support/stage.ts';

const LINE = '01';

const questionsSchema = z.array(
  z.looseObject({
    id: z.string(),
    suborder: z.string(),
    reason: z.string(),
    question: z.string().optional(),
    fields: z.array(z.looseObject({ id: z.string() })),
    answerBy: z.string(),
  }),
);

describe('a question to the customer', () => {
  let stage: Stage;
  let order: string;

  beforeEach(async () => {
    stage = await Stage.open();
    stage.script({ operation: 'appointment.book' }, { kind: 'reject', code: 'CUSTOMER_UNREACHABLE' });
    order = await stage.submit();
    await stage.pick(order, LINE);
  });

  const questions = async () => {
    const { body } = await stage.api.request({ role: 'channel', path: `${ORDERS_PATH}/${order}/question` });
    return questionsSchema.parse(body);
  };

  const answer = async (id: string, body: unknown) => {
    await stage.advance('PT1M');
    const path = `${ORDERS_PATH}/${order}/question/${id}/answer`;
    const answered = await stage.api.request({ role: 'channel', method: 'POST', path, body });
    await stage.settle();
    return answered;
  };

  const asked = async (): Promise<z.output<typeof questionsSchema>[number]> => {
    const [question, ...others] = await questions();
    if (!question || others.length > 0) throw new Error('not one question');
    return question;
  };

  it('waits for the answer, and does the step again with the corrected data', async () => {
    const question = await asked();
    expect(question).toMatchObject({ suborder: LINE, reason: 'CUSTOMER_UNREACHABLE' });
    expect(question.fields.map(({ id }) => id)).toContain('window');
    expect((await stage.item(order, '1')).state).toBe('pending');
    expect(await stage.desk('CUSTOMER_CARE', order)).toEqual([]);
    expect(stage.messages(order)).toContain('01.book.ACTION_REQUIRED-1');

    const refused = await answer(question.id, { answer: 'CONFIRM', corrections: { orderDate: 'x' } });
    expect(refused.status).toBe(400);
    const taken = await answer(question.id, {
      answer: 'CONFIRM',
      corrections: { window: 'afternoon' },
      note: 'After lunch',
    });
    expect(taken).toMatchObject({ status: 200, body: { answer: 'CONFIRM' } });
    expect(await questions()).toEqual([]);
    expect((await stage.item(order, '1')).state).toBe('inProgress');
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);

    const { entries } = await stage.api.history(order, `?workItem=${question.id}`);
    expect(entries.map(({ what, by }) => `${what} ${by}`)).toEqual([
      'STEP_FAILED milepost',
      'CUSTOMER_ANSWERED self-service-portal',
    ]);
    expect(entries[1]).toMatchObject({ why: 'After lunch', details: { window: 'afternoon' } });
  });

  it('is repeated at a third and at two thirds of the time, and then customer care calls', async () => {
    const { id, answerBy } = await asked();
    const reminders = () => stage.messages(order).filter((message) => message.includes('ACTION_REMINDER'));
    await stage.advance('P1D');
    expect(reminders()).toHaveLength(0);
    await stage.advance('P1DT1H');
    expect(reminders()).toHaveLength(1);
    await stage.advance('P2D');
    expect(reminders()).toHaveLength(2);
    expect(await stage.desk('CUSTOMER_CARE', order)).toEqual([]);
    await stage.advance('P2D');
    expect(new Date(await stage.platform.cloud.now()).toISOString() > answerBy).toBe(true);
    expect(await stage.workItem('CUSTOMER_CARE', order, LINE)).toMatchObject({ id, kind: 'fallout' });
    expect((await stage.item(order, '1')).state).toBe('held');

    // Late, but before anybody at the desk took it.
    expect((await answer(id, { answer: 'CONFIRM' })).status).toBe(200);
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);
    expect((await stage.item(order, '1')).state).toBe('inProgress');
  });

  it('is put once more when the answer did not help, with a message of its own', async () => {
    stage.script({ operation: 'appointment.book' }, { kind: 'reject', code: 'CUSTOMER_UNREACHABLE' });
    await answer((await asked()).id, { answer: 'CONFIRM' });
    await answer((await asked()).id, { answer: 'CONFIRM' });
    expect(stage.steps(order, 'appointment.book')).toEqual(['01.book']);
    expect(stage.messages(order).filter((message) => message.startsWith('01.book.ACTION'))).toEqual([
      '01.book.ACTION_REQUIRED-1',
      '01.book.ACTION_REQUIRED-2',
    ]);
  });

  it('that is declined cancels the item', async () => {
    const { id } = await asked();
    expect((await answer(id, { answer: 'DECLINE' })).status).toBe(200);
    await stage.advance('PT1H');
    expect((await stage.item(order, '1')).state).toMatch(/cancel/i);
    expect((await answer(id, { answer: 'CONFIRM' })).status).toBe(422);
  });

  it('can be asked by a person, in words', async () => {
    const { id } = await asked();
    await answer(id, { answer: 'CONFIRM' });
    stage.script({ operation: 'cpe.provision' }, { kind: 'reject', code: 'UNKNOWN_SERIAL' });
    await stage.pick(order, '04');
    const item = await stage.workItem('ACTIVATION_FALLOUT', order, '04');
    await stage.act(item.id, 'resolve', {
      action: 'ASK_CUSTOMER',
      reason: 'Only the customer can see it',
      question: 'Which colour has the lamp on the box?',
      fields: [],
      within: 'P3D',
    });
    expect((await stage.item(order, '4')).state).toBe('pending');
    expect(stage.messages(order).filter((message) => message.startsWith('04.provision.ACTION'))).toHaveLength(
      1,
    );
    const question = await asked();
    expect(question).toMatchObject({
      id: item.id,
      question: 'Which colour has the lamp on the box?',
      fields: [],
    });
    await answer(question.id, { answer: 'CONFIRM', note: 'Green' });
    expect(stage.steps(order, 'cpe.provision')).toContain('04.provision');
  });
});
