import { describe, expect, it } from 'vitest';
import { decide } from '#shared/cancellation/decide.ts';
import type { Suborder } from '#shared/store/records.ts';
import { NOW, suborder } from '../steps/support.ts';

const management = (more: Partial<Suborder> = {}) =>
  suborder('00', { item: undefined, flow: 'order.manage', passedHard: 'start', ...more });
/** The gate of a later step of another suborder. */
const opens = (...dependents: readonly string[]): Suborder['opens'] => ({
  INTERNET_ACTIVE: dependents.map((number) => ({ wait: `${number}#provision#gate`, entry: '02:D05' })),
  ENDED: [{ wait: '00#close#gate', entry: '02:SUBORDERS' }],
});

const whole = (...rows: readonly Suborder[]) => decide({}, rows, () => true);
const only = (item: string, ...rows: readonly Suborder[]) =>
  decide({ items: [item] }, rows, (one) => one === item);
const numbers = (decision: ReturnType<typeof decide>) =>
  decision.kind === 'accepted' ? decision.suborders.map((row) => row.suborder) : decision;

describe('a request to cancel an order', () => {
  it('cancels order management until that has started the items, then the items', () => {
    expect(numbers(whole(management({ passedHard: undefined }), suborder('01')))).toEqual(['00']);
    expect(numbers(whole(management(), suborder('01'), suborder('02')))).toEqual(['01', '02']);
  });

  it('leaves alone what is complete', () => {
    const complete = suborder('01', { state: 'completed', endedAt: NOW });
    expect(numbers(whole(management(), complete, suborder('02')))).toEqual(['02']);
  });

  it('is refused when an item is past its hard point of no return, which names item and step', () => {
    expect(whole(management(), suborder('01'), suborder('02', { passedHard: 'port' }))).toEqual({
      kind: 'refused',
      problems: [
        {
          item: '02',
          code: 'POINT_OF_NO_RETURN',
          message: 'Item 02 is past its point of no return, the step port',
        },
      ],
    });
  });

  it('is not refused for an item that is being cancelled anyway, nor for one past a soft point', () => {
    const ending = suborder('01', { passedHard: 'port', ends: 'cancelled', state: 'pendingCancellation' });
    expect(numbers(whole(management(), ending, suborder('02', { passedSoft: 'ship' })))).toEqual([
      '01',
      '02',
    ]);
  });

  it('is refused when everything has ended, unless it ended as was asked', () => {
    const complete = suborder('01', { state: 'completed', endedAt: NOW });
    expect(whole(management(), complete)).toMatchObject({ problems: [{ code: 'ORDER_ENDED' }] });
    const cancelled = suborder('02', { state: 'cancelled', ends: 'cancelled', endedAt: NOW });
    expect(numbers(whole(management(), complete, cancelled))).toEqual(['02']);
  });
});

describe('a request to cancel an item', () => {
  it('waits until the order is divided', () => {
    expect(decide({ items: ['01'] }, [], () => true)).toEqual({ kind: 'later' });
    expect(only('01', management({ passedHard: undefined }))).toEqual({ kind: 'later' });
  });

  it('takes all with it whose gates wait, or waited, for it, and theirs; nobody else', () => {
    const rows = [
      management(),
      suborder('01'),
      suborder('02', { opens: opens('03', '04') }),
      suborder('03', { opens: opens('05') }),
      suborder('04', { state: 'completed', endedAt: NOW }),
      suborder('05'),
      suborder('06'),
    ];
    expect(numbers(only('02', ...rows))).toEqual(['02', '03', '05']);
    expect(numbers(only('01', ...rows))).toEqual(['01']);
  });

  it('is refused when something that depends on it is past its hard point of no return', () => {
    const rows = [
      management(),
      suborder('02', { opens: opens('03') }),
      suborder('03', { passedHard: 'port' }),
    ];
    expect(only('02', ...rows)).toMatchObject({ problems: [{ item: '03', code: 'POINT_OF_NO_RETURN' }] });
  });

  it('is refused when the item is complete', () => {
    expect(only('01', management(), suborder('01', { state: 'completed', endedAt: NOW }))).toMatchObject({
      problems: [{ item: '01', code: 'ITEM_COMPLETE' }],
    });
  });
});
