import { describe, expect, it } from 'vitest';
import { LIMITS } from '#shared/domain/collection.ts';
import { durationSeconds } from '#shared/domain/duration.ts';
import { checkNotice, handOver, remind } from '#shared/tasks/collection.ts';
import { awaitPayment } from '#shared/tasks/payment.ts';
import * as collection from '#state-machines/collection.ts';
import { ancestors } from '#state-machines/language/graph.ts';

const DAY = 24 * 3600;
const { ladder, agency } = collection;
const reminders = ladder.steps.filter(({ task }) => task.name === remind.name);

describe('the limits of the law', () => {
  it('allow three reminders for a claim at most, each for DKK 100 at most', () => {
    expect(reminders.length).toBeLessThanOrEqual(LIMITS.reminders);
    expect(reminders.map((step) => step.with.level)).toEqual(reminders.map((_, index) => index + 1));
    const accountId = 'A1';
    for (const step of reminders)
      expect(remind.input.safeParse({ accountId, ...step.with }).success).toBe(true);
    expect(remind.input.safeParse({ accountId, level: 4, fee: 0 }).success).toBe(false);
    expect(remind.input.safeParse({ accountId, level: 1, fee: 100.01 }).success).toBe(false);
    for (const flow of Object.values(collection).filter((one) => one !== ladder))
      expect(flow.steps.filter(({ task }) => task.name === remind.name)).toEqual([]);
  });

  it('want ten days between two reminders: nothing but a payment, or the end of the case, shortens the wait', () => {
    for (const [index, reminder] of reminders.slice(1).entries()) {
      const before = reminders[index];
      const wait = ladder.steps[ladder.steps.indexOf(reminder) - 1];
      expect(ladder.steps.indexOf(wait ?? reminder) - 1).toBe(ladder.steps.indexOf(before ?? reminder));
      expect(wait?.task).toBe(awaitPayment);
      expect(wait?.with.dueAt).toEqual({
        $completed: before?.id,
        seconds: LIMITS.daysBetweenReminders * DAY,
      });
      expect(durationSeconds(wait?.within ?? 'PT0S')).toBeGreaterThanOrEqual(
        LIMITS.daysBetweenReminders * DAY,
      );
      expect(wait?.onReject).toEqual({});
      expect(reminder.when).toEqual({ flag: 'unpaid', is: true });
    }
    const goesOn = Object.entries(awaitPayment.rejections).filter(
      ([, { action }]) => action === 'continue-with-flag',
    );
    expect(goesOn).toEqual([['NOT_PAID', { action: 'continue-with-flag', flag: 'unpaid' }]]);
  });

  it('want notice before the agency: the third reminder gives it, and nothing is handed over unchecked', () => {
    expect(reminders.at(-1)?.with.collectionNotice).toBe(true);
    const check = agency.steps.find(({ task }) => task.name === checkNotice.name);
    const transfer = agency.steps.find(({ task }) => task.name === handOver.name);
    expect(check?.when).toBeUndefined();
    expect(
      ancestors(agency)
        .get(transfer?.id ?? '')
        ?.has(check?.id ?? ''),
    ).toBe(true);
    expect(
      agency.steps.find(({ with: { chargeCode } }) => chargeCode === 'AGENCY_TRANSFER_FEE')?.with.amount,
    ).toBe(LIMITS.agencyFeeDkk);
  });

  it('leave emergency calls open whatever is barred', () => {
    for (const flow of Object.values(collection))
      for (const { task, with: given } of flow.steps.filter((step) => step.task.name === 'service.bar')) {
        expect(task.input.safeParse({ serviceId: 'A1', ...given, emergencyCalls: 'barred' }).success).toBe(
          false,
        );
        expect(task.input.parse({ ...given, serviceId: 'A1' })).toMatchObject({ emergencyCalls: 'open' });
      }
  });
});
