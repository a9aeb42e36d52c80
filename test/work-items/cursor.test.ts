import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '#functions/query.ts';
import { dueKeySchema, workItemId } from '#shared/store/work-items.ts';

const place = fc
  .tuple(
    fc.integer({ min: 7, max: 9 }),
    fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
    fc.stringMatching(/^[0-9a-f]{20}$/),
  )
  .map(([urgency, due, id]) => `${urgency}#${due.toISOString()}#${id}`);

describe('cursor', () => {
  it('names the place that it was made of', () => {
    fc.assert(
      fc.property(place, (key) => {
        const cursor = encodeCursor(key);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, dueKeySchema)).toBe(key);
      }),
    );
  });

  it('is refused when it is anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => {
        expect(decodeCursor(text, dueKeySchema)).toBeUndefined();
      }),
    );
    expect(decodeCursor(encodeCursor('9#2026-03-02T08:00:00.000Z#../../etc'), dueKeySchema)).toBeUndefined();
    expect(
      decodeCursor(`${encodeCursor('9#2026-03-02T08:00:00.000Z#0123456789abcdef0123')}==`, dueKeySchema),
    ).toBeUndefined();
  });
});

describe('work item id', () => {
  const ref = { order: '7XK2M9QD4T', suborder: '04', step: 'pick', kind: 'manual', run: 1 } as const;

  it('is the same for the same work and another for other work', () => {
    expect(workItemId(ref)).toBe(workItemId({ ...ref }));
    const others = [{ order: '7XK2M9QD4V' }, { suborder: '05' }, { step: 'ship' }, { run: 2 }];
    const ids = [
      ref,
      ...others.map((other) => ({ ...ref, ...other })),
      { ...ref, kind: 'undo' as const },
    ].map(workItemId);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
