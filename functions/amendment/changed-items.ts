import { isDeepStrictEqual } from 'node:util';
import { AMENDED } from '#shared/amendment/amended.ts';
import { gatesTakenBack, lostMilestones } from '#shared/amendment/taken-back.ts';
import { StateConflict } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { startWait, type TransactItem } from '#shared/steps/completion.ts';
import { isEnding } from '#shared/steps/ending.ts';
import { isDone } from '#shared/steps/run-step.ts';
import { tableName } from '#shared/store/client.ts';
import type { StepRecord, Suborder, Wait } from '#shared/store/records.ts';
import type { VisibleWait } from '#shared/store/visible-waits.ts';
import { affectedSteps, uses } from '#state-machines/amendment/affected.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import type { Flow, Step } from '#state-machines/language/flow.ts';
import { predecessors } from '#state-machines/language/graph.ts';
import { START } from '#state-machines/planning/links.ts';
import type { OrderPlan, PlannedSuborder } from '#state-machines/planning/plan.ts';
import type { TakenBack, UnderWay } from './added-items.ts';
import type { RowChange } from './row-change.ts';

/** What a change makes of the suborders that are there. */
export interface ChangedSuborders {
  readonly rows: readonly RowChange[];
  readonly waits: readonly TransactItem[];
  readonly takenBack: TakenBack;
  /** Items that are past a soft point of no return which is taken back, and the step that passed it: a fee or a return follows. */
  readonly charges: readonly { readonly item: string; readonly step: string }[];
}

/** The plans of an order before and after a change, with the same items; and names of the order's own facts that change. */
export interface ChangeOfPlan {
  readonly before: OrderPlan;
  readonly after: OrderPlan;
  readonly orderFacts: readonly string[];
  readonly now: Date;
}

/**
 * What follows from facts that change, for each suborder: (1) one that has not begun, or has not come to what they mean
 * something to, knows them from now on; (2) any other one ends what it does, undoes back to the first step that they
 * mean something to, and begins again, so that what comes before that is found done; (3) so does one that has gone on
 * from what is taken back, and waits for it once more.
 * All is refused when one of them went on, or began to end, since it was read: look again.
 *
 * @throws StateConflict `PointOfNoReturn`; `AmendmentNotPossible` for an item that is complete, or would need another flow, or
 * that a complete one has gone on from
 */
export function changeSuborders(plans: ChangeOfPlan, underWay: UnderWay): ChangedSuborders {
  const { changes, gates } = changesOf(plans, underWay);
  return {
    rows: changes,
    waits: [...changes.flatMap(({ waits = [] }) => waits), ...closed(gates)],
    takenBack: new Map(changes.map(({ row, takenBack = [] }) => [row.suborder, takenBack])),
    charges: changes.flatMap(({ row: { item, passedSoft }, affected }) =>
      item !== undefined && passedSoft !== undefined && affected?.has(passedSoft)
        ? [{ item, step: passedSoft }]
        : [],
    ),
  };
}

interface ChangedSuborder extends RowChange {
  readonly waits?: readonly TransactItem[];
  /** The steps that are done again. */
  readonly affected?: ReadonlySet<string>;
  /** The milestones that only these have reached. */
  readonly takenBack?: readonly string[];
}

/** The changes, and the gates that were open by what they take back: who has passed one is among the changes. */
function changesOf(plans: ChangeOfPlan, underWay: UnderWay) {
  let passed = 0;
  let again: ReadonlyMap<string, readonly string[]> = new Map();
  for (;;) {
    const changes = underWay.suborders.flatMap(
      (row) => changeOf(row, again.get(row.suborder) ?? [], plans, underWay) ?? [],
    );
    const gates = changes.flatMap((change) => gatesOf(change, underWay));
    const behind = gates.filter(({ status }) => status === 'resumed');
    if (behind.length === passed) return { changes, gates };
    passed = behind.length;
    again = new Map(
      [...Map.groupBy(behind, ({ suborder }) => suborder)].map(([suborder, own]) => [
        suborder,
        own.map(({ step }) => step),
      ]),
    );
  }
}

interface ClosedGate extends VisibleWait {
  readonly entry: string;
}

/**
 * The gates that nothing holds any more, and that were opened by what a change takes back.
 * @throws StateConflict naming an item that has gone on from there and is complete
 */
function gatesOf({ row, affected }: ChangedSuborder, { suborders, steps, waits }: UnderWay): ClosedGate[] {
  if (!affected) return [];
  const own = steps.filter(({ suborder }) => suborder === row.suborder);
  return gatesTakenBack(row, own, affected).flatMap(({ milestone, wait, entry }) => {
    const gate = waits.find((known) => known.wait === wait);
    const isFree = (gate?.status === 'open' || gate?.status === 'resumed') && !gate.pending?.size;
    const other = suborders.find(({ suborder }) => suborder === gate?.suborder);
    if (!gate || !isFree || !other || isEnding(other)) return [];
    if (other.endedAt !== undefined)
      throw notPossible(
        row,
        `has reached ${milestone}, and item ${other.item}, which is complete, has gone on from there`,
      );
    return [{ ...gate, entry }];
  });
}

/** Has gates wait once more; refused when one was passed since it was read. */
const closed = (gates: readonly ClosedGate[]): TransactItem[] =>
  [...Map.groupBy(gates, ({ wait }) => wait).values()].flatMap((own) =>
    own.slice(0, 1).map(({ order, wait, status }) => ({
      Update: {
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'SET #status = :next ADD #pending :entries',
        ConditionExpression: '#status = :status AND attribute_not_exists(#pending)',
        ExpressionAttributeNames: { '#status': 'status', '#pending': 'pending' },
        ExpressionAttributeValues: {
          ':status': status,
          ':next': (status === 'resumed' ? 'planned' : status) satisfies Wait['status'],
          ':entries': new Set(own.map(({ entry }) => entry)),
        },
      },
    })),
  );

/** @param again its steps that waited for what others take back */
function changeOf(
  row: Suborder,
  again: readonly string[],
  { before, after, orderFacts, now }: ChangeOfPlan,
  underWay: UnderWay,
): ChangedSuborder | undefined {
  if (row.suborder === MANAGEMENT) return undefined;
  const of = ({ suborders }: OrderPlan) => suborders.find(({ suborder }) => suborder === row.suborder);
  const [was, is] = [of(before), of(after)];
  if (!was && !is) return undefined;
  const names = was && is ? changedNames(was.facts, is.facts) : [];
  const isSame = was && is && names.length === 0 && was.flow === is.flow;
  const isOver = row.endedAt !== undefined || isEnding(row);
  if (isSame && again.length === 0 && (isOver || orderFacts.length === 0)) return undefined;
  if (isOver) throw notPossible(row, 'has ended, or is about to');
  const flow = flowNamed(row.flow);
  if (!was || !is || !flow || was.flow !== is.flow || is.flow !== row.flow)
    throw notPossible(row, 'would be something else: cancel it, and send it as an order of its own');
  if (!isDeepStrictEqual(linksOf(was), linksOf(is)))
    throw notPossible(row, 'would wait for other items, or others for it, than it did');

  const changed = [...names, ...orderFacts];
  const facts = changedFacts(row.facts, is.facts, names);
  const next = { facts, flags: is.flags, steps: is.steps, noReturn: is.noReturn };
  if (row.startedAt === undefined) return notBegun(row, next, underWay, now);
  const steps = underWay.steps.filter(({ suborder }) => suborder === row.suborder);
  const hasOtherPath = !isDeepStrictEqual(row.flags, is.flags);
  if (!hasOtherPath && again.length === 0 && !hasComeTo(flow, changed, steps))
    return names.length > 0 || flow.steps.some((step) => uses(step, changed)) ? knows(row, next) : undefined;
  const affected = affectedSteps(flow, { changed, again, before: row.flags, after: is.flags }, steps);
  assertReturn(row, flow, steps, affected);
  return {
    ...begins(row, { ...next, changed, again: [...again] }),
    waits: [held(row)],
    affected,
    takenBack: lostMilestones(steps, affected),
  };
}

const notPossible = ({ item }: Suborder, why: string): StateConflict =>
  new StateConflict('AmendmentNotPossible', `Item ${item} ${why}`);

function changedNames(before: Facts, after: Facts): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** The facts of a suborder, corrections of people among them, with those that change. */
function changedFacts(before: Facts, after: Facts, names: readonly string[]): Suborder['facts'] {
  const kept = Object.entries(before).filter(([name]) => !names.includes(name));
  const changed = names.flatMap((name) => (after[name] === undefined ? [] : [[name, after[name]] as const]));
  return Object.fromEntries([...kept, ...changed]);
}

const linksOf = ({ waits, opens }: PlannedSuborder) => ({ waits, opens });

/** Whether a step that one of these facts means something to was reached, or may be under way. A timer that waits for the date of the order is moved instead. */
function hasComeTo(flow: Flow, changed: readonly string[], steps: readonly StepRecord[]): boolean {
  const records = new Map(steps.map((record) => [record.step, record]));
  const before = predecessors(flow);
  const conditional = new Set(flow.steps.flatMap(({ id, when }) => (when ? [id] : [])));
  /** Done, or perhaps left out. */
  const isOver = (id: string): boolean => {
    const record = records.get(id);
    if (record) return isDone(record);
    return conditional.has(id) && (before.get(id) ?? []).every(isOver);
  };
  return flow.steps.some((step) => {
    if (!uses(step, changed)) return false;
    const record = records.get(step.id);
    if (record?.status === 'waiting') return !isMovedWithOrder(step);
    if (record && record.status !== 'obsolete') return true;
    return (before.get(step.id) ?? []).every(isOver);
  });
}

/** Whether a step waits for the very date that the customer asked for. */
export const isMovedWithOrder = ({ task, with: given }: Pick<Step, 'task' | 'with'>): boolean =>
  task.kind === 'timer' && isDeepStrictEqual(given.dueAt, { $fact: 'requestedDate' });

/** @throws StateConflict when something that cannot be taken back has been done */
function assertReturn(
  { item, passedHard }: Suborder,
  flow: Flow,
  steps: readonly StepRecord[],
  affected: ReadonlySet<string>,
): void {
  const done = new Set(steps.filter(isDone).map(({ step }) => step));
  const forGood = flow.steps.find(
    ({ id, task }) => done.has(id) && affected.has(id) && task.undo === 'irreversible',
  );
  const passed = passedHard ?? forGood?.id;
  if (passed !== undefined)
    throw new StateConflict(
      'PointOfNoReturn',
      `Item ${item} is past its point of no return, the step ${passed}: it cannot be changed any more`,
    );
}

type Next = Pick<NonNullable<Suborder['amends']>, 'facts' | 'flags' | 'steps' | 'noReturn'>;

/** The start of a suborder may be under way when it is nearer than this. */
const SOON_MS = 60_000;

/** One that has not begun is as if it had been ordered so; refused when it begins at this moment. */
function notBegun(row: Suborder, next: Next, { waits }: UnderWay, now: Date): ChangedSuborder {
  const start = waits.find(({ wait }) => wait === startWait(row.suborder));
  const isAhead = start?.notBefore !== undefined && Date.parse(start.notBefore) > now.getTime() + SOON_MS;
  const isHeld = start?.status === 'planned' && (start.pending?.size ?? 0) > 0;
  if (!start || !(isAhead || isHeld))
    throw new StateConflict('AmendedMeanwhile', `Item ${row.item} begins at this moment: send it again`);
  const stillHeld = {
    ConditionCheck: {
      TableName: tableName('waits'),
      Key: { order: row.order, wait: start.wait },
      ConditionExpression: 'attribute_exists(#pending)',
      ExpressionAttributeNames: { '#pending': 'pending' },
    },
  };
  return { row, set: next, asRead: ['startedAt', 'ends'], waits: isAhead ? [] : [stillHeld] };
}

/** One that has not come to what changes. */
const knows = (row: Suborder, { facts }: Next): ChangedSuborder => ({
  row,
  set: { facts },
  asRead: ['ends', 'endedAt', 'done'],
});

/** None of its steps starts from now on, and none passes a point of no return. */
const begins = (row: Suborder, amends: NonNullable<Suborder['amends']>): ChangedSuborder => ({
  row,
  set: { ends: 'amended', amends, state: 'inProgress' },
  asRead: ['ends', 'endedAt', 'passedHard', 'done', 'state'],
});

/** Its start, held back until it is undone as far as that is needed. Whoever resumes waits has it leave what it waits for. */
function held({ order, suborder }: Suborder): TransactItem {
  const wait: Wait = {
    order,
    wait: startWait(suborder),
    suborder,
    step: START,
    kind: START,
    reason: 'Wait until what is changed has been undone',
    status: 'planned',
    pending: new Set([AMENDED]),
  };
  return {
    Put: {
      TableName: tableName('waits'),
      Item: wait,
      ConditionExpression: 'attribute_not_exists(#order) OR #status IN (:resumed, :closed)',
      ExpressionAttributeNames: { '#order': 'order', '#status': 'status' },
      ExpressionAttributeValues: { ':resumed': 'resumed', ':closed': 'closed' },
    },
  };
}
