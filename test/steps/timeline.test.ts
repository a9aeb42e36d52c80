import { expect, it } from 'vitest';
import { stepHistory } from '#shared/history/steps.ts';
import { timeline } from '#shared/history/timeline.ts';
import { historyEntrySchema, type OrderHeader, type StepRecord } from '#shared/store/records.ts';
import { TABLES } from '#shared/store/tables.ts';

process.env[TABLES.history.environment] = 'history';
const ORDER = '7XK2M9QD4T';
const at = (minute: number) => `2026-03-02T08:${String(minute).padStart(2, '0')}:00.000Z`;

const header: OrderHeader = {
  pk: `ORDER#${ORDER}`,
  sk: 'HEADER',
  order: ORDER,
  state: 'inProgress',
  orderDate: at(0),
  by: 'portal',
  list: 'orders',
  listKey: `${at(0)}#${ORDER}`,
  version: 1,
};

const step = (record: Partial<StepRecord>): StepRecord => ({
  order: ORDER,
  sk: 'STEP#04#book',
  suborder: '04',
  step: 'book',
  task: 'appointment.book',
  status: 'done',
  run: 1,
  outputs: {},
  by: 'wfm',
  at: at(1),
  ...record,
});

const told = (steps: readonly StepRecord[], kept: readonly StepRecord[] = []) =>
  timeline({
    header,
    suborders: [],
    cancellations: [],
    steps,
    entries: kept.map((record) => historyEntrySchema.parse(stepHistory(record).Put?.Item)),
  }).map((entry) => `${entry.at.slice(14, 16)} ${entry.what} ${entry.by} ${entry.details?.run ?? ''}`.trim());

it('tells of a step that ran again both runs, and each once', () => {
  const [first, second] = [step({}), step({ run: 2, at: at(5), by: 'deadline' })];
  const expected = ['00 ORDER_ACCEPTED portal', '01 STEP_DONE wfm 1', '05 STEP_DONE deadline 2'];
  expect(told([second], [first])).toEqual(expected);
  expect(told([second], [first, second])).toEqual(expected);
});

it('tells of a step that was undone when it was done, too', () => {
  expect(told([step({ status: 'undone', doneAt: at(1), at: at(7) })])).toEqual([
    '00 ORDER_ACCEPTED portal',
    '01 STEP_DONE wfm 1',
    '07 STEP_UNDONE milepost 1',
  ]);
});

it('tells of a step only what has happened', () => {
  expect(told([step({ status: 'obsolete' }), step({ status: 'fallout' })])).toHaveLength(1);
  expect(told([step({ status: 'waiting', by: undefined })])[1]).toBe('01 STEP_WAITS milepost 1');
  expect(told([step({ status: 'skipped', by: 'sue' })])[1]).toBe('01 STEP_SKIPPED sue 1');
});
