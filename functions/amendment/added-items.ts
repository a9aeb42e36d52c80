import { StateConflict } from '#shared/domain/errors.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { SUSPENDED } from '#shared/holds/holds.ts';
import { opensOn, startWait, suborderKey, type TransactItem } from '#shared/steps/completion.ts';
import { ENDS, isEnding, NOT_ENDING } from '#shared/steps/ending.ts';
import { isDone } from '#shared/steps/run-step.ts';
import { tableName } from '#shared/store/client.ts';
import type { OrderRecords } from '#shared/store/order-records.ts';
import type { Opening, Suborder, Wait } from '#shared/store/records.ts';
import type { VisibleWait } from '#shared/store/visible-waits.ts';
import type { OrderPlan } from '#state-machines/planning/plan.ts';
import { startRecord, suborderRecords, waitRecords } from '../orders/plan-records.ts';
import type { RowChange } from './row-change.ts';

/** An order that is under way, as it was read. */
export interface UnderWay extends OrderRecords {
  readonly waits: readonly VisibleWait[];
}

/** Which milestones of which suborders a change takes back. */
export type TakenBack = ReadonlyMap<string, readonly string[]>;

/** When items are added, and what else the same change does. */
export interface Addition {
  /** ISO time. */
  readonly now: string;
  /** ISO time at which they start. */
  readonly startsAt: string;
  readonly takenBack: TakenBack;
}

/** What items that are added make of an order. */
export interface AddedSuborders {
  readonly writes: readonly TransactItem[];
  /** What changes of the suborders that are there. */
  readonly rows: readonly RowChange[];
}

/**
 * How items that were added to an order become suborders, with their gates: (1) their records; what others have
 * reached by now, and keep, counts as open; (2) what others open for them, and wait for of them, unless they have gone
 * on; (3) order management waits for their end too; (4) a wait for each start, by which whoever resumes waits starts it.
 * All is refused when one of the others went on, or began to end, since it was read: look again.
 *
 * @param plan of the order with the items that are added, and without those that are cancelled
 * @throws StateConflict `OrderEnded`; `AmendmentNotPossible` for an item that waits for what never comes
 */
export function addSuborders(
  order: string,
  plan: OrderPlan,
  underWay: UnderWay,
  { takenBack, now, startsAt }: Addition,
): AddedSuborders {
  const before = new Map(underWay.suborders.map((row) => [row.suborder, row]));
  const isNew = (number: string) => !before.has(number);
  const rows = suborderRecords(order, plan, now);
  const added = rows.filter(({ suborder }) => isNew(suborder));
  const planned = [plan.management, ...plan.suborders].flatMap((one) => waitRecords(order, one));
  const reached = reachedBy(rows, underWay, before, takenBack);
  const { suspended } = before.get(MANAGEMENT) ?? {};
  const writes = [
    ...added.map((row) => put('suborders', { ...row, ...(suspended && { suspended }) })),
    ...startsOf(added, planned, reached, { before, startsAt, isSuspended: suspended !== undefined }),
    ...planned
      .filter(({ suborder, kind }) => isNew(suborder) && kind === 'gate')
      .map((wait) => put('waits', openedSoFar(wait, reached, before))),
    ...planned.flatMap((wait) => {
      const row = before.get(wait.suborder);
      return row ? waitsAlso(row, wait, isNew, underWay.waits) : [];
    }),
    ...underWay.suborders.filter(({ suborder }) => suborder === MANAGEMENT).map(managementGoesOn),
  ];
  const others = underWay.suborders.filter(
    (row) => row.suborder !== MANAGEMENT && row.endedAt === undefined && !isEnding(row),
  );
  return {
    writes,
    rows: others.map((row) =>
      linked(
        row,
        rows.find(({ suborder }) => suborder === row.suborder),
        isNew,
      ),
    ),
  };
}

/** The write of a record that is not there yet. */
const put = (table: 'suborders' | 'waits', Item: Suborder | Wait): TransactItem => ({
  Put: {
    TableName: tableName(table),
    Item,
    ConditionExpression: 'attribute_not_exists(#order)',
    ExpressionAttributeNames: { '#order': 'order' },
  },
});

type Rows = ReadonlyMap<string, Suborder>;
/** Wait and entry that a milestone has opened → from when on, when that is some days before a date. */
type Reached = ReadonlyMap<string, string | undefined>;

const entryId = (wait: string, entry: string): string => `${wait} ${entry}`;

/** What the order's suborders have opened for others by what they have reached, and keep; of several milestones, the latest counts. */
function reachedBy(
  rows: readonly Suborder[],
  { steps }: UnderWay,
  before: Rows,
  takenBack: TakenBack,
): Reached {
  const reached = rows.flatMap((row) => {
    const known = before.get(row.suborder);
    return known
      ? Object.entries(row.opens).flatMap(([name, openings]) => {
          const at = reachedAt(known, name);
          return at === undefined || takenBack.get(row.suborder)?.includes(name)
            ? []
            : openings.map((opening) => ({ ...opening, at, suborder: row.suborder, name }));
        })
      : [];
  });
  return new Map(
    reached
      .sort((a, b) => a.at.localeCompare(b.at))
      .map(({ wait, entry, workingDaysBefore, suborder, name }) => {
        const step = steps.find((one) => one.suborder === suborder && one.reaches === name && isDone(one));
        const from =
          workingDaysBefore === undefined ? undefined : opensOn(step?.outputs ?? {}, workingDaysBefore);
        return [entryId(wait, entry), from];
      }),
  );
}

/** When a suborder reached a milestone; one that is complete has also ended. */
const reachedAt = ({ milestones, state, endedAt }: Suborder, name: string): string | undefined =>
  new Map(Object.entries(milestones)).get(name) ??
  (name === ('ENDED' satisfies Milestone) || (name === 'COMPLETE' && state === 'completed')
    ? endedAt
    : undefined);

/** The wait of a suborder that is added, without what has been reached. */
function openedSoFar(wait: Wait, reached: Reached, before: Rows): Wait {
  const entries = [...(wait.pending ?? [])];
  const pending = entries.filter((entry) => !reached.has(entryId(wait.wait, entry)));
  for (const entry of pending) assertComing(entry, wait, before);
  const dates = entries.flatMap((entry) => reached.get(entryId(wait.wait, entry)) ?? []).sort();
  const notBefore = dates.at(-1);
  const { pending: _pending, ...rest } = wait;
  return {
    ...rest,
    ...(pending.length > 0 && { pending: new Set(pending) }),
    ...(notBefore && { notBefore }),
  };
}

function assertComing(entry: string, { reason }: Wait, before: Rows): void {
  const source = before.get(entry.slice(0, entry.indexOf(':')));
  if (source?.endedAt === undefined) return;
  throw new StateConflict(
    'AmendmentNotPossible',
    `Item ${source.item} has ended without what an added item needs (${reason}): send that as an order of its own`,
  );
}

interface Starts {
  readonly before: Rows;
  readonly startsAt: string;
  readonly isSuspended: boolean;
}

/** A wait for the start of each suborder: when it has nothing to wait for, it is over at once. */
const startsOf = (
  added: readonly Suborder[],
  planned: readonly Wait[],
  reached: Reached,
  { before, startsAt, isSuspended }: Starts,
): TransactItem[] =>
  added
    .filter(({ state }) => state === 'acknowledged')
    .map((row) => {
      const relies = planned.find(({ wait }) => wait === startWait(row.suborder));
      const start = startRecord(
        row,
        relies && openedSoFar(relies, reached, before),
        startsAt,
        'to be started',
      );
      const pending = [...(start.pending ?? []), ...(isSuspended ? [SUSPENDED] : [])];
      return put('waits', { ...start, ...(pending.length > 0 && { pending: new Set(pending) }) });
    });

/**
 * A step of a suborder that is under way waits for those that are added, unless it has gone on by now; order management
 * always does.
 * @throws StateConflict `OrderEnded`
 */
function waitsAlso(
  row: Suborder,
  { wait, order, pending = new Set(), ...planned }: Wait,
  isNew: (number: string) => boolean,
  waits: readonly VisibleWait[],
): TransactItem[] {
  const entries = [...pending].filter((entry) => isNew(entry.slice(0, entry.indexOf(':'))));
  if (entries.length === 0 || row.endedAt !== undefined || isEnding(row)) return [];
  const known = waits.find((one) => one.wait === wait);
  if (!known) return [put('waits', { ...planned, order, wait, pending: new Set(entries) })];
  const holds = (known.pending?.size ?? 0) > 0;
  const isOpen = (known.status === 'open' && holds) || known.status === 'planned';
  if (row.suborder === MANAGEMENT && !(isOpen && holds))
    throw new StateConflict('OrderEnded', `Order ${order} is about to end: nothing can be added any more`);
  if (!isOpen || (known.outcome && 'error' in known.outcome)) return [];
  return [
    {
      Update: {
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'ADD #pending :entries',
        ConditionExpression: `#status = :status AND ${holds ? 'attribute_exists(#pending)' : 'attribute_not_exists(#pending)'}`,
        ExpressionAttributeNames: { '#pending': 'pending', '#status': 'status' },
        ExpressionAttributeValues: { ':entries': new Set(entries), ':status': known.status },
      },
    },
  ];
}

/** Order management has started the others, and is as it was: neither cancelled nor suspended meanwhile. */
const managementGoesOn = ({ order, suborder, suspended }: Suborder): TransactItem => ({
  ConditionCheck: {
    TableName: tableName('suborders'),
    Key: suborderKey(order, suborder),
    ConditionExpression: `attribute_exists(#passedHard) AND ${suspended ? 'attribute_exists' : 'attribute_not_exists'}(#suspended) AND ${NOT_ENDING}`,
    ExpressionAttributeNames: { '#passedHard': 'passedHard', '#suspended': 'suspended', ...ENDS },
  },
});

/** A suborder knows what it opens for those that are added, and who they are; refused when it reached something, or began to end, since it was read. */
function linked(row: Suborder, planned: Suborder | undefined, isNew: (number: string) => boolean): RowChange {
  const opens = joined<Opening>(row.opens, planned?.opens ?? {}, ({ wait }) =>
    isNew(wait.slice(0, wait.indexOf('#'))),
  );
  const siblings = joined(row.siblings, planned?.siblings ?? {}, isNew);
  return opens || siblings
    ? {
        row,
        set: {
          opens: opens ?? row.opens,
          siblings: siblings ?? row.siblings,
          linked: (row.linked ?? 0) + 1,
        },
        asRead: ['ends', 'endedAt', 'milestones', 'linked'],
      }
    : { row, set: {}, asRead: ['ends'] };
}

type Lists<T> = Readonly<Partial<Record<string, readonly T[]>>>;

/** Lists by name with what is added to each of them; undefined when nothing is. */
function joined<T>(
  before: Lists<T>,
  planned: Lists<T>,
  isAdded: (one: T) => boolean,
): Record<string, T[]> | undefined {
  const more = Object.entries(planned).flatMap(([name, list = []]) => {
    const added = list.filter(isAdded);
    return added.length > 0 ? [{ name, list: [...(before[name] ?? []), ...added] }] : [];
  });
  if (more.length === 0) return undefined;
  const kept = Object.entries(before).map(([name, list = []]) => ({ name, list: [...list] }));
  return Object.fromEntries([...kept, ...more].map(({ name, list }) => [name, list]));
}
