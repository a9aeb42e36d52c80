import { beforeAll, describe, expect, it } from 'vitest';
import { changeSuborders } from '#functions/amendment/changed-items.ts';
import { suborderRecords, timingRecord } from '#functions/orders/plan-records.ts';
import type { StepRecord, Suborder, Wait } from '#shared/store/records.ts';
import { planOrder } from '#state-machines/planning/plan.ts';
import { accepted, item, order as orderOf } from '../planning/orders.ts';
import { doneStep, NOW, ORDER, plannedWait, World } from '../steps/support.ts';

beforeAll(() => {
  // Gives the tables their names.
  new World();
});

const FIRST = [
  item('1', 'fibre-1000'),
  item('2', 'internet-1000'),
  item('3', 'router-wifi7'),
  item('4', 'mobile-postpaid-20gb', { characteristics: { simType: 'physical' } }),
];
type Items = typeof FIRST;
const planOf = (items: Items) => accepted(planOrder(orderOf(items, { order: ORDER, addressId: 'A-1' })));
const withItem = (changed: Items[number]) => FIRST.map((one) => (one.id === changed.id ? changed : one));

interface Standing {
  readonly rows?: Readonly<Record<string, Partial<Suborder>>>;
  readonly steps?: readonly StepRecord[];
  readonly waits?: readonly Wait[];
}

/** What follows for an order of which these suborders have begun. */
function change(
  items: Items,
  { rows = {}, steps = [], waits = [] }: Standing = {},
  orderFacts: string[] = [],
) {
  const before = planOf(FIRST);
  const suborders = suborderRecords(ORDER, before, NOW).map((row) => ({
    ...row,
    state: 'inProgress' as const,
    startedAt: NOW,
    ...rows[row.suborder],
  }));
  const plans = { before, after: planOf(items), orderFacts, now: new Date(NOW) };
  const {
    rows: changed,
    waits: held,
    charges,
  } = changeSuborders(plans, {
    suborders,
    steps,
    waits,
    timing: timingRecord(ORDER, before),
  });
  return {
    charges,
    rows: changed.map(({ row, set, asRead }) => ({ suborder: row.suborder, set, asRead })),
    held: held.map(
      ({ Put, Update, ConditionCheck }): unknown =>
        Put?.Item?.wait ?? Update?.Key?.wait ?? ConditionCheck?.Key?.wait,
    ),
  };
}
const done = (suborder: string, ...ids: readonly string[]) => ids.map((step) => doneStep(step, { suborder }));

describe('an item that is changed', () => {
  const larger = withItem(item('4', 'mobile-postpaid-100gb', { characteristics: { simType: 'physical' } }));

  it('is known to a suborder that has not come to it, unless a step completes at that moment', () => {
    const { rows } = change(larger, { steps: done('04', 'lock', 'number', 'sim') });
    expect(rows).toEqual([
      {
        suborder: '04',
        set: { facts: expect.objectContaining({ plan: 'POSTPAID-100GB', simType: 'physical' }) },
        asRead: expect.arrayContaining(['ends', 'done']),
      },
    ]);
  });

  it('has one begin again that has come to it, held back until what it affects is undone', () => {
    const steps = done('04', 'lock', 'number', 'sim', 'pick');
    const { rows, held, charges } = change(larger, { steps, rows: { '04': { passedSoft: 'ship' } } });
    expect(rows).toMatchObject([{ suborder: '04', set: { ends: 'amended', amends: { changed: ['plan'] } } }]);
    expect(held).toEqual(['04#start#start']);
    // The parcel is not affected.
    expect(charges).toEqual([]);
  });

  it('costs something when what is taken back was past a soft point of no return', () => {
    const router = withItem(item('3', 'router-wifi6'));
    const steps = done('03', 'lock', 'reserve', 'pick', 'provision', 'ship');
    expect(change(router, { steps, rows: { '03': { passedSoft: 'ship' } } }).charges).toEqual([
      { item: '3', step: 'ship' },
    ]);
  });

  it('is as if it had been ordered so while it has not begun, unless it begins at this moment', () => {
    const rows = { '04': { startedAt: undefined, state: 'acknowledged' as const } };
    const start = { ...plannedWait('04#start#start'), pending: new Set(['01:RELIES_ON']) };
    const known = change(larger, { rows, waits: [start] });
    expect(known.rows).toMatchObject([
      {
        suborder: '04',
        set: { facts: { plan: 'POSTPAID-100GB' }, flags: {} },
        asRead: ['startedAt', 'ends'],
      },
    ]);
    expect(known.held).toEqual(['04#start#start']);
    const soon = { ...start, pending: undefined, notBefore: NOW };
    expect(() => change(larger, { rows, waits: [soon] })).toThrow('begins at this moment');
  });

  it.each([
    ['is complete', { '04': { state: 'completed' as const, endedAt: NOW } }, 'Item 4 has ended'],
    ['is cancelled', { '04': { ends: 'cancelled' as const } }, 'Item 4 has ended'],
    ['is past a hard point of no return', { '04': { passedHard: 'bill' } }, 'the step bill'],
  ])('is refused when it %s', (_what, rows, message) => {
    expect(() => change(larger, { rows, steps: done('04', 'lock', 'number', 'sim', 'pick') })).toThrow(
      message,
    );
  });

  it('is refused when it would be another flow', () => {
    expect(() => change(withItem(item('4', 'mobile-postpaid-20gb')))).toThrow(
      'Item 4 would be something else',
    );
  });

  describe('that another one has gone on from', () => {
    const slower = withItem(item('2', 'internet-500'));
    const opens = { INTERNET_ACTIVE: [{ wait: '04#provision#gate', entry: '02:D4' }] };
    const milestones = { INTERNET_ACTIVE: NOW };
    const steps = [
      ...done('02', 'lock', 'address'),
      doneStep('provision', { suborder: '02', reaches: 'INTERNET_ACTIVE' }),
      ...done('04', 'lock', 'number', 'sim', 'pick', 'provision'),
    ];
    const gate = (status: Wait['status']): Wait => ({
      ...plannedWait('04#provision#gate'),
      suborder: '04',
      step: 'provision',
      status,
      pending: undefined,
    });
    const changeTo = (status: Wait['status'], other: Partial<Suborder> = {}) =>
      change(slower, { rows: { '02': { opens, milestones }, '04': other }, steps, waits: [gate(status)] });

    it('has that one go back to where it waited, and wait again', () => {
      const { rows, held } = changeTo('resumed');
      expect(rows).toMatchObject([
        { suborder: '02', set: { amends: { changed: expect.arrayContaining(['profile']), again: [] } } },
        { suborder: '04', set: { ends: 'amended', amends: { changed: [], again: ['provision'] } } },
      ]);
      expect(held).toEqual(['02#start#start', '04#start#start', '04#provision#gate']);
    });

    it('has it wait when it was about to go on', () => {
      const { rows, held } = changeTo('open');
      expect(rows.map(({ suborder }) => suborder)).toEqual(['02']);
      expect(held).toEqual(['02#start#start', '04#provision#gate']);
    });

    it('is refused when that one is complete, or past a hard point of no return', () => {
      expect(() => changeTo('resumed', { state: 'completed', endedAt: NOW })).toThrow(
        'Item 2 has reached INTERNET_ACTIVE, and item 4, which is complete, has gone on from there',
      );
      expect(() => changeTo('resumed', { passedHard: 'bill' })).toThrow(
        'Item 4 is past its point of no return, the step bill',
      );
    });
  });
});

describe('a date that is moved', () => {
  it('means something to what was done for it, and nothing to others', () => {
    const visit = done('01', 'lock', 'qualify', 'assign', 'reserve', 'pick', 'book');
    const { rows, held } = change(FIRST, { steps: visit }, ['requestedDate']);
    expect(rows.map(({ suborder }) => suborder)).toEqual(['01']);
    expect(held).toEqual(['01#start#start']);
    // Refused when one comes to it at that moment.
    const ahead = change(FIRST, { steps: done('01', 'lock', 'qualify') }, ['requestedDate']);
    expect(ahead.held).toEqual([]);
    expect(ahead.rows).toMatchObject([{ suborder: '01', asRead: expect.arrayContaining(['done']) }]);
  });
});
