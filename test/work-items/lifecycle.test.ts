import { describe, expect, it } from 'vitest';
import { assertFree, claim, finish, moveTo, release, reopen } from '#shared/work-items/lifecycle.ts';
import { workItem } from './desk-fixture.ts';

const now = new Date('2026-03-02T09:00:00.000Z');
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
const claimed = claim(workItem(), 'ada', now);
const result = { action: 'COMPLETE', by: 'ada', at: now.toISOString() };

describe('claim', () => {
  it('keeps others off for half an hour', () => {
    expect(claimed).toMatchObject({
      state: 'claimed',
      claim: { by: 'ada', until: '2026-03-02T09:30:00.000Z' },
      deskState: 'LOGISTICS_PICK#claimed',
      version: 2,
    });
    expect(() => claim(claimed, 'bob', later(29))).toThrow(
      expect.objectContaining({ code: 'CLAIMED', message: expect.stringContaining('claimed by ada') }),
    );
  });

  it('can be renewed by its holder and taken over when it has run out', () => {
    expect(claim(claimed, 'ada', later(20)).claim?.until).toBe('2026-03-02T09:50:00.000Z');
    expect(claim(claimed, 'bob', later(30)).claim?.by).toBe('bob');
  });
});

describe('release', () => {
  it('puts the work back on its desk', () => {
    const released = release(claimed, 'ada', now);
    expect(released).toMatchObject({ state: 'open', deskState: 'LOGISTICS_PICK#open', version: 3 });
    expect(released).not.toHaveProperty('claim');
  });

  it('changes nothing when nobody holds it, and is not for others', () => {
    const open = workItem();
    expect(release(open, 'bob', now)).toBe(open);
    expect(() => release(claimed, 'bob', now)).toThrow(expect.objectContaining({ code: 'CLAIMED' }));
  });
});

describe('finish', () => {
  it('takes the work off its desk', () => {
    const done = finish(claimed, result, now);
    expect(done).toMatchObject({ state: 'done', result, version: 3 });
    expect(done).not.toHaveProperty('deskState');
    expect(done).not.toHaveProperty('claim');
    expect(() => assertFree(done, 'ada', now)).toThrow(expect.objectContaining({ code: 'ALREADY_DONE' }));
  });

  it('is for whoever holds it, or anybody when nobody does', () => {
    expect(finish(workItem(), result, now).state).toBe('done');
    expect(() => finish(claimed, { ...result, by: 'bob' }, now)).toThrow(
      expect.objectContaining({ code: 'CLAIMED' }),
    );
  });

  it('says why nothing is left to do', () => {
    const closed = workItem({
      state: 'closed',
      result: { action: 'CLOSED', by: 'milepost', at: now.toISOString(), note: 'The order was cancelled' },
    });
    expect(() => finish(closed, result, now)).toThrow(
      expect.objectContaining({
        code: 'CLOSED',
        message: expect.stringContaining('The order was cancelled'),
      }),
    );
  });
});

describe('moving to another desk', () => {
  it('tells that desk why', () => {
    const moved = moveTo(claimed, 'SUPERVISOR', { by: 'ada', reason: 'needs a decision' }, now);
    expect(moved).toMatchObject({ desk: 'SUPERVISOR', state: 'open', deskState: 'SUPERVISOR#open' });
    expect(moved.context.reassigned).toEqual({
      by: 'ada',
      reason: 'needs a decision',
      from: 'LOGISTICS_PICK',
      at: now.toISOString(),
    });
  });
});

describe('a newer attempt', () => {
  const newer = workItem({ title: 'Pick and scan', openedAt: '2026-03-03T08:00:00.000Z' });

  it('leaves the work with whoever holds it', () => {
    expect(reopen(claimed, newer)).toEqual({ ...claimed, version: 3 });
  });

  it('puts finished work back, with what came of it', () => {
    const again = reopen(finish(claimed, { ...result, action: 'NOT_FOUND' }, now), newer);
    expect(again).toMatchObject({
      state: 'open',
      openedAt: newer.openedAt,
      deskState: 'LOGISTICS_PICK#open',
      version: 4,
    });
    expect(again.context.earlier).toMatchObject({ action: 'NOT_FOUND', by: 'ada' });
    expect(again).not.toHaveProperty('result');
  });
});
