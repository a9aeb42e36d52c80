import { isDone } from '#shared/steps/run-step.ts';
import { MILEPOST, type NewEntry } from '#shared/store/history.ts';
import type { Cancellation, HistoryEntry, OrderHeader, StepRecord, Suborder } from '#shared/store/records.ts';
import { completionEntry } from './steps.ts';

/** The records of an order that tell what happened to it. */
export interface OrderRecords {
  readonly header: OrderHeader;
  readonly suborders: readonly Suborder[];
  readonly steps: readonly StepRecord[];
  readonly cancellations: readonly Cancellation[];
  readonly entries: readonly HistoryEntry[];
}

/**
 * Everything that happened to an order, in the order of time: what the records of the order, its suborders and steps
 * tell, and what people and rules did beyond that. `entry` sorts, and is unique.
 */
export function timeline({ header, suborders, steps, cancellations, entries }: OrderRecords): HistoryEntry[] {
  const derived = [
    ...orderEntries(header),
    ...suborders.flatMap(suborderEntries),
    ...steps.flatMap(stepEntries),
    ...cancellations.flatMap(cancellationEntries),
  ].map(({ id, ...entry }) => ({ ...entry, entry: `${entry.at}#${id}` }));
  const all = new Map([...derived, ...entries].map((entry) => [entry.entry, entry]));
  return [...all.values()].sort((a, b) => (a.entry < b.entry ? -1 : 1));
}

function orderEntries({ order, orderDate, completionDate, state, by = 'unknown' }: OrderHeader): NewEntry[] {
  const subject = order;
  return [
    { subject, id: '#ORDER_ACCEPTED', at: orderDate, what: 'ORDER_ACCEPTED', by },
    ...(completionDate
      ? [
          {
            subject,
            id: '~ORDER_ENDED',
            at: completionDate,
            what: 'ORDER_ENDED',
            by: MILEPOST,
            details: { state },
          },
        ]
      : []),
  ];
}

function cancellationEntries(request: Cancellation): NewEntry[] {
  const { order: subject, cancellation: id, by = MILEPOST, reason, requestedAt, endedAt, items } = request;
  const { taskState, cancelled, problems } = request;
  return [
    {
      subject,
      id: `#CANCEL#${id}`,
      at: requestedAt,
      what: 'CANCEL',
      by,
      ...(reason !== undefined && { why: reason }),
      details: { request: id, ...(items && { items }) },
    },
    ...(endedAt
      ? [
          {
            subject,
            id: `~CANCEL_ENDED#${id}`,
            at: endedAt,
            what: 'CANCEL_ENDED',
            by: MILEPOST,
            details: {
              request: id,
              state: taskState,
              ...(cancelled && { cancelled }),
              ...(problems && { problems }),
            },
          },
        ]
      : []),
  ];
}

function suborderEntries({ order, suborder, flow, state, startedAt, endedAt }: Suborder): NewEntry[] {
  const entry = (what: string, at: string, details: NewEntry['details']): NewEntry => ({
    subject: order,
    id: `${suborder}#${what}`,
    at,
    what,
    by: MILEPOST,
    suborder,
    details,
  });
  return [
    ...(startedAt ? [entry('SUBORDER_STARTED', startedAt, { flow })] : []),
    ...(endedAt ? [entry('SUBORDER_ENDED', endedAt, { flow, state })] : []),
  ];
}

function stepEntries(record: StepRecord): NewEntry[] {
  const { order, suborder, step, task, run, status, at } = record;
  const entry = (what: string): NewEntry => ({
    subject: order,
    id: `${suborder}#${step}#${what}#${run}`,
    at,
    what,
    by: MILEPOST,
    suborder,
    step,
    task,
    details: { run },
  });
  if (isDone(record)) return [completionEntry(record)];
  if (status === 'undone') return [completionEntry(record), entry('STEP_UNDONE')];
  return status === 'waiting' ? [entry('STEP_WAITS')] : [];
}
