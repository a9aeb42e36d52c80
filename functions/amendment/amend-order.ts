import { isDeepStrictEqual } from 'node:util';
import { endOfDay, instantOf } from '#shared/domain/calendar.ts';
import { InvalidRequest, NotFound, StateConflict, TechnicalError } from '#shared/domain/errors.ts';
import type { OrderNumber } from '#shared/domain/order-number.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isEnding } from '#shared/steps/ending.ts';
import { projectOrderState } from '#shared/steps/order-state.ts';
import { TRANSACTION_LIMIT } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import { historyItem } from '#shared/store/history.ts';
import { readOrderRecords } from '#shared/store/order-records.ts';
import { documentKey, headerKey, loadOrder, type StoredOrder } from '#shared/store/orders.ts';
import type { OrderHeader, Suborder } from '#shared/store/records.ts';
import { readWaits, type VisibleWait } from '#shared/store/visible-waits.ts';
import { type NetworkRecord, networkKey } from '#shared/timing/network.ts';
import { project, UNTOUCHED } from '#shared/timing/projection.ts';
import { latestStart } from '#shared/timing/start-date.ts';
import { type Amendment, inPatch, readAmendment } from '#shared/tmf622/amendment.ts';
import { type OrderFacts, orderFacts } from '#shared/tmf622/facts.ts';
import { flowNamed } from '#state-machines/catalogue.ts';
import { type OrderPlan, planOrder } from '#state-machines/planning/plan.ts';
import { withdrawalEnds } from '#state-machines/planning/withdrawal.ts';
import { timingRecord } from '../orders/plan-records.ts';
import { checkOrder } from '../product-orders/check.ts';
import { type AddedSuborders, addSuborders, type TakenBack, type UnderWay } from './added-items.ts';
import { type ChangedSuborders, changeSuborders, isMovedWithOrder } from './changed-items.ts';
import { removeItems } from './removed-items.ts';
import { rowWrites } from './row-change.ts';

const ATTEMPTS = 5;

/**
 * Changes an order that is under way:
 * 1. the change is read, and refused when it cannot be made to what has been done already;
 * 2. in one transaction: the document, what its header says of dates, each wait for the date asked for, the request to
 *    cancel the items that are not wanted any more, the suborders of those that are added, and what changes of others;
 * 3. when the order went on meanwhile, it is looked at again.
 * One change at a time: of two, one is refused, and so is the next one until what this one affects has been undone.
 * Events that come meanwhile find either the old waits or the new, or are kept for these.
 * A change that changes nothing, such as the same one again, does nothing.
 *
 * @param by id of the client that asks for it
 * @throws NotFound; InvalidRequest; StateConflict `OrderEnded`, `PointOfNoReturn`, `AmendmentNotPossible`,
 * `AmendedMeanwhile`, `AmendmentInProgress`; TechnicalError `Conflict` when others kept writing the order
 */
export async function amendOrder(
  deps: Dependencies,
  order: OrderNumber,
  body: unknown,
  by: string,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await loadOrder(deps.documents, order);
    if (!stored) throw new NotFound('Product order', order);
    if (isTerminal(stored.header.state))
      throw new StateConflict(
        'OrderEnded',
        `Order ${order} is ${stored.header.state}: nothing is left to change`,
      );
    const [records, waits] = await Promise.all([readOrderRecords(deps, order), readWaits(deps, order)]);
    const change = { stored, underWay: { ...records, waits }, by, now: deps.now() };
    const writes = writesOf(change, body);
    if (writes.length > TRANSACTION_LIMIT)
      throw new StateConflict(
        'AmendmentNotPossible',
        'So much cannot be changed at once: send some of it, and then the rest',
      );
    if (writes.length === 0) return;
    const refused = await commit(deps, writes);
    if (refused.size === 0) {
      await projectOrderState(deps, order);
      return;
    }
    if (refused.has('header'))
      throw new StateConflict('AmendedMeanwhile', `Order ${order} is being changed: look at it again`);
  }
  throw new TechnicalError('Conflict', `Others kept writing order ${order}`);
}

/** An order as it was read, and who changes it when. */
interface Change {
  readonly stored: StoredOrder;
  readonly underWay: UnderWay;
  readonly by: string;
  readonly now: Date;
}

/** The writes that make a change; none when it changes nothing. */
function writesOf(read: Change, body: unknown) {
  const { stored, by, now } = read;
  const { header, document } = stored;
  const { suborders, timing } = read.underWay;
  assertNotAmending(suborders);
  const wanted = readAmendment(body, document);
  const leaving = new Set(
    suborders.flatMap((row) => (row.item !== undefined && isEnding(row) ? row.item : [])),
  );
  const amendment = { ...wanted, removed: wanted.removed.filter((id) => !leaving.has(id)) };
  if (amendment.removed.length === 0 && isDeepStrictEqual(amendment.document, document)) return [];
  const before = orderFacts(document);
  const facts = orderFacts(amendment.document);
  const isMoved = before.readyBy !== facts.readyBy || before.startsFrom !== facts.startsFrom;
  if (isMoved) assertMovable(suborders);
  const removed = removeItems(read, amendment.removed);
  const gone = new Set([...leaving, ...removed.items]);
  const change = { ...read, underWay: without(read.underWay, gone) };
  assertOrderable(change, body, amendment);

  const changed = changes(change, amendment, { before, after: facts }, gone);
  const plan = timing && amendment.added.length > 0 ? plannedWith(header.order, facts, gone) : undefined;
  const added = plan && additions(change, facts, plan, changed?.takenBack ?? new Map());
  const charges = changed?.charges ?? [];
  const isCharged = charges.length > 0;
  const startsAt = startOf(facts, timing, now);
  const moved = isMoved
    ? rearmed(change.underWay, before.requestedDate, facts.requestedDate, startsAt, now)
    : [];
  const hasBegun = suborders.some(
    ({ suborder, startedAt }) => suborder !== MANAGEMENT && startedAt !== undefined,
  );
  const expected =
    timing && isMoved && !hasBegun
      ? project(timing.steps, { ...UNTOUCHED, startsAt }, startsAt).end.toISOString()
      : undefined;
  return [
    ...guarded('header', headerWrite(header, amendment, { isMoved, expected, isCharged })),
    ...guarded('document', documentWrite(header.order, amendment)),
    ...guarded('history', told(header, by, now, amendment, charges)),
    ...guarded('plan', ...(timing ? [] : [isNotPlanned(header.order)])),
    ...guarded('cancellation', ...removed.request),
    ...guarded('wait', ...moved),
    ...guarded('suborders', ...removed.ends, ...(added?.writes ?? []), ...(changed?.waits ?? [])),
    ...guarded('suborders', ...rowWrites([...(added?.rows ?? []), ...(changed?.rows ?? [])])),
    ...guarded('suborders', ...timingOf(header.order, plan ?? changed?.plan)),
  ];
}

/** The order is expected to end by another plan. */
const timingOf = (order: OrderNumber, plan: OrderPlan | undefined): TransactItem[] =>
  plan
    ? [
        {
          Put: {
            TableName: tableName('suborders'),
            Item: timingRecord(order, plan),
            ConditionExpression: 'attribute_exists(sk)',
          },
        },
      ]
    : [];

/** @throws StateConflict until what an earlier change affects has been undone */
function assertNotAmending(suborders: readonly Suborder[]): void {
  const items = suborders.flatMap(({ ends, item }) => (ends === 'amended' ? (item ?? []) : []));
  if (items.length > 0)
    throw new StateConflict(
      'AmendmentInProgress',
      `Item ${items.join(', ')} is being changed: send this change when that is done`,
    );
}

/**
 * Items that are added or changed are checked as those of a new order are.
 * @throws InvalidRequest; StateConflict `AmendmentNotPossible`
 */
function assertOrderable(
  { stored: { header } }: Change,
  body: unknown,
  { document, added, changed }: Amendment,
): void {
  if (added.length === 0 && changed.length === 0) return;
  const { newContract } = inPatch(body, document.productOrderItem, () => checkOrder(document));
  if (newContract && header.newContract === false)
    throw new StateConflict(
      'AmendmentNotPossible',
      `Item ${[...added, ...changed].join(', ')} makes a new contract, for which this order was not checked: send it as an order of its own`,
    );
}

/**
 * The plan of an order without the items that are cancelled, which keep their numbers.
 * @throws InvalidRequest; StateConflict for an item that relies on a cancelled one
 */
function plannedWith(order: OrderNumber, facts: OrderFacts, gone: ReadonlySet<string>): OrderPlan {
  const items = facts.items.map((item) => {
    const relied = item.reliesOn.find((id) => gone.has(id));
    if (relied !== undefined && !gone.has(item.id))
      throw new StateConflict(
        'AmendmentNotPossible',
        `Item ${item.id} relies on item ${relied}, which is cancelled`,
      );
    return gone.has(item.id) ? { ...item, action: 'noChange' as const } : item;
  });
  const plan = planOrder({ ...facts, items, order });
  if ('refusals' in plan) throw new InvalidRequest(plan.refusals);
  return plan;
}

/** The order's own facts that mean something to steps and can change. */
const USED_BY_STEPS = ['requestedDate', 'addressId', 'accountId'] as const satisfies (keyof OrderFacts)[];

/** What items, dates, the place and the account that change mean for the suborders that are there; until the order is divided, nothing. */
function changes(
  { stored: { header }, underWay, now }: Change,
  amendment: Pick<Amendment, 'changed'>,
  { before: earlier, after: facts }: { readonly before: OrderFacts; readonly after: OrderFacts },
  gone: ReadonlySet<string>,
): (ChangedSuborders & { readonly plan: OrderPlan }) | undefined {
  const ordersFacts = USED_BY_STEPS.filter((name) => earlier[name] !== facts[name]);
  if (!underWay.timing || (amendment.changed.length === 0 && ordersFacts.length === 0)) return undefined;
  const known = new Set(earlier.items.map(({ id }) => id));
  const before = plannedWith(header.order, earlier, gone);
  const after = plannedWith(
    header.order,
    { ...facts, items: facts.items.filter(({ id }) => known.has(id)) },
    gone,
  );
  return { ...changeSuborders({ before, after, orderFacts: ordersFacts, now }, underWay), plan: after };
}

/** When what has not begun begins: at once, or for the date that the customer asks for. */
function startOf(
  { readyBy, startsFrom }: Pick<OrderFacts, 'readyBy' | 'startsFrom'>,
  timing: Pick<NetworkRecord, 'steps' | 'flows'> | undefined,
  now: Date,
): Date {
  const wanted = readyBy === undefined ? undefined : instantOf(readyBy);
  const earliest = startsFrom === undefined ? undefined : instantOf(startsFrom);
  const start = wanted && timing && latestStart(timing.steps, timing.flows, wanted, now);
  return new Date(Math.max(now.getTime(), ...[start, earliest].flatMap((at) => at?.getTime() ?? [])));
}

/** A date cannot be moved any more when something irreversible has been done for it. */
function assertMovable(suborders: readonly Suborder[]): void {
  const passed = suborders.find(
    ({ suborder, endedAt, passedHard }) =>
      suborder !== MANAGEMENT && endedAt === undefined && passedHard !== undefined,
  );
  if (passed)
    throw new StateConflict(
      'PointOfNoReturn',
      `Item ${passed.item} is past its point of no return, the step ${passed.passedHard}: its date cannot be moved`,
    );
}

/** An order whose suborders of these items end. */
const without = (underWay: UnderWay, gone: ReadonlySet<string>): UnderWay => ({
  ...underWay,
  suborders: underWay.suborders.map((row) =>
    row.item !== undefined && gone.has(row.item) ? { ends: 'cancelled', ...row } : row,
  ),
});

/** How items that are added become suborders. */
function additions(
  { stored: { header }, underWay, now }: Change,
  facts: OrderFacts,
  plan: OrderPlan,
  takenBack: TakenBack,
): AddedSuborders {
  const timing = { steps: plan.network, flows: [...plan.flowTimes] };
  // Whoever may withdraw from an order has as long for what is added to it.
  const withdrawal = withdrawalEnds({ ...facts, orderDate: now.toISOString() });
  const startsAt = Math.max(
    startOf(facts, timing, now).getTime(),
    Date.parse(withdrawal ?? now.toISOString()),
  );
  return addSuborders(header.order, plan, underWay, {
    now: now.toISOString(),
    startsAt: new Date(startsAt).toISOString(),
    takenBack,
  });
}

interface Consequences {
  readonly isMoved: boolean;
  readonly isCharged: boolean;
  /** When the order is expected to be complete, where that can be said at once. */
  readonly expected: string | undefined;
}

function headerWrite(
  { order, amendments = 0, expectedCompletionDate }: OrderHeader,
  { document }: Amendment,
  { isMoved, expected, isCharged }: Consequences,
): TransactItem {
  const { requestedCompletionDate } = document;
  const promise = requestedCompletionDate ?? expected ?? expectedCompletionDate;
  const set = Object.entries({
    amendments: amendments + 1,
    ...(isCharged && { charged: amendments + 1 }),
    expectedCompletionDate: expected,
    ...(isMoved && {
      requestedCompletionDate: requestedCompletionDate && new Date(requestedCompletionDate).toISOString(),
      promisedDate: promise && endOfDay(new Date(promise)).toISOString(),
    }),
  }).filter(([, value]) => value !== undefined);
  const isOpen = isMoved && requestedCompletionDate === undefined;
  return {
    Update: {
      TableName: tableName('orders'),
      Key: headerKey(order),
      UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}${isOpen ? ' REMOVE #requestedCompletionDate' : ''}`,
      ConditionExpression: amendments === 0 ? 'attribute_not_exists(#amendments)' : '#amendments = :before',
      ExpressionAttributeNames: {
        ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
        ...(isOpen && { '#requestedCompletionDate': 'requestedCompletionDate' }),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ...(amendments > 0 && { ':before': amendments }),
      },
    },
  };
}

const documentWrite = (order: OrderNumber, { document }: Amendment): TransactItem => ({
  Put: {
    TableName: tableName('orders'),
    Item: { ...documentKey(order), order, document: JSON.stringify(document) },
  },
});

/** Who plans an order looks afterwards whether it was changed meanwhile; who changes it, whether it was planned. */
const isNotPlanned = (order: OrderNumber): TransactItem => ({
  ConditionCheck: {
    TableName: tableName('suborders'),
    Key: networkKey(order),
    ConditionExpression: 'attribute_not_exists(sk)',
  },
});

const told = (
  { order, amendments = 0 }: OrderHeader,
  by: string,
  now: Date,
  { added, changed, removed, document }: Amendment,
  charges: ChangedSuborders['charges'],
): TransactItem =>
  historyItem({
    subject: order,
    id: `amendment#${amendments + 1}`,
    at: now.toISOString(),
    what: 'AMEND',
    by,
    details: {
      requestedCompletionDate: document.requestedCompletionDate,
      requestedStartDate: document.requestedStartDate,
      ...(added.length > 0 && { added }),
      ...(changed.length > 0 && { changed }),
      ...(charges.length > 0 && { charges }),
      ...(removed.length > 0 && { removed }),
    },
  });

/** The waits for the start of the order, and those inside flows for the very date that was asked for before. */
function rearmed(
  { suborders, waits }: UnderWay,
  before: string | undefined,
  after: string | undefined,
  startsAt: Date,
  now: Date,
): TransactItem[] {
  const wasFor = before === undefined ? undefined : instantOf(before)?.toISOString();
  const isFor = (after === undefined ? now : (instantOf(after) ?? now)).toISOString();
  const flows = new Map(suborders.map(({ suborder, flow }) => [suborder, flowNamed(flow)]));
  return waits.flatMap((wait) => {
    const { status, kind, notBefore, suborder, step: id } = wait;
    if (kind === 'start' && status === 'planned' && notBefore !== undefined)
      return moveWait(wait, startsAt.toISOString());
    const step = flows.get(suborder)?.steps.find((one) => one.id === id);
    const isDated = kind === 'timer' && step !== undefined && isMovedWithOrder(step);
    if (isDated && status === 'open' && notBefore !== undefined && notBefore === wasFor)
      return moveWait(wait, isFor);
    return [];
  });
}

/** Refused when the time that it waited for came meanwhile. */
const moveWait = ({ order, wait, status, kind }: VisibleWait, notBefore: string): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: `SET #notBefore = :notBefore${kind === 'start' ? ', #dueAt = :notBefore' : ''}`,
    ConditionExpression: '#status = :status',
    ExpressionAttributeNames: {
      '#notBefore': 'notBefore',
      '#status': 'status',
      ...(kind === 'start' && { '#dueAt': 'dueAt' }),
    },
    ExpressionAttributeValues: { ':notBefore': notBefore, ':status': status },
  },
});
