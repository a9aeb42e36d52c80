import { createHash } from 'node:crypto';
import { decide } from '#shared/cancellation/decide.ts';
import { endOfDay, instantOf } from '#shared/domain/calendar.ts';
import { NotFound, StateConflict } from '#shared/domain/errors.ts';
import type { OrderNumber } from '#shared/domain/order-number.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { TransactItem } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { keepCancellation } from '#shared/store/cancellations.ts';
import { tableName } from '#shared/store/client.ts';
import { commit, guarded } from '#shared/store/guarded-writes.ts';
import { historyItem } from '#shared/store/history.ts';
import { readOrderRecords } from '#shared/store/order-records.ts';
import { documentKey, headerKey, loadOrder, type StoredOrder } from '#shared/store/orders.ts';
import type { OrderHeader, Suborder } from '#shared/store/records.ts';
import { readWaits, type VisibleWait } from '#shared/store/visible-waits.ts';
import { networkKey } from '#shared/timing/network.ts';
import { project, UNTOUCHED } from '#shared/timing/projection.ts';
import { latestStart } from '#shared/timing/start-date.ts';
import { type Amendment, readAmendment } from '#shared/tmf622/amendment.ts';
import { orderFacts } from '#shared/tmf622/facts.ts';
import { itemsWithin } from '#shared/tmf622/items.ts';

/**
 * Changes an order that is under way:
 * 1. the change is read, and refused when it cannot be made to what has been done already;
 * 2. items that are not wanted any more are cancelled as any are;
 * 3. in one transaction: the document, what its header says of dates, and each wait for the date asked for.
 * One change at a time: of two, one is refused. Events that come meanwhile find either the old waits or the new.
 *
 * @param by id of the client that asks for it
 * @throws NotFound; InvalidRequest; StateConflict `OrderEnded`, `PointOfNoReturn`, `AmendmentNotPossible`,
 * `AmendedMeanwhile`
 */
export async function amendOrder(
  deps: Dependencies,
  order: OrderNumber,
  body: unknown,
  by: string,
): Promise<void> {
  const stored = await loadOrder(deps.documents, order);
  if (!stored) throw new NotFound('Product order', order);
  if (isTerminal(stored.header.state))
    throw new StateConflict(
      'OrderEnded',
      `Order ${order} is ${stored.header.state}: nothing is left to change`,
    );
  const amendment = readAmendment(body, stored.document);
  const [{ suborders, timing }, waits] = await Promise.all([
    readOrderRecords(deps, order),
    readWaits(deps, order),
  ]);
  const before = orderFacts(stored.document);
  const facts = orderFacts(amendment.document);
  const isMoved = before.readyBy !== facts.readyBy || before.startsFrom !== facts.startsFrom;
  if (isMoved) assertMovable(suborders);
  await cancelRemoved(deps, stored, amendment, suborders);

  const now = deps.now();
  const wanted = facts.readyBy === undefined ? undefined : instantOf(facts.readyBy);
  const earliest = facts.startsFrom === undefined ? undefined : instantOf(facts.startsFrom);
  const start = wanted && timing && latestStart(timing.steps, timing.flows, wanted, now);
  const startsAt = new Date(
    Math.max(now.getTime(), ...[start, earliest].flatMap((at) => at?.getTime() ?? [])),
  );
  const moved = isMoved ? rearmed(waits, before.requestedDate, facts.requestedDate, startsAt) : [];
  const hasBegun = suborders.some(
    ({ suborder, startedAt }) => suborder !== MANAGEMENT && startedAt !== undefined,
  );
  const expected =
    timing && isMoved && !hasBegun
      ? project(timing.steps, { ...UNTOUCHED, startsAt }, startsAt).end.toISOString()
      : undefined;
  const refused = await commit(deps, [
    ...guarded('header', headerWrite(stored.header, amendment, isMoved, expected)),
    ...guarded('document', documentWrite(order, amendment)),
    ...guarded('history', told(stored.header, by, now, amendment)),
    ...guarded('plan', ...(timing ? [] : [isNotPlanned(order)])),
    ...guarded('wait', ...moved),
  ]);
  if (refused.size > 0)
    throw new StateConflict('AmendedMeanwhile', `Order ${order} is being changed: look at it again`);
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

/** @throws StateConflict when one of the items cannot be cancelled any more, with the item and why */
async function cancelRemoved(
  deps: Dependencies,
  { header, document }: StoredOrder,
  { removed }: Amendment,
  suborders: readonly Suborder[],
): Promise<void> {
  if (removed.length === 0) return;
  const { order, amendments = 0 } = header;
  const asked = itemsWithin(document, removed);
  const decision = decide({ items: [...removed] }, suborders, (item) => asked.has(item));
  if (decision.kind === 'refused')
    throw new StateConflict('PointOfNoReturn', decision.problems.map(({ message }) => message).join('; '));
  const items = [...removed].sort();
  const bodyHash = createHash('sha256')
    .update(`${amendments}\n${items.join('\n')}`)
    .digest('hex');
  await keepCancellation(deps, {
    cancellation: `${order}-${bodyHash.slice(0, 8).toUpperCase()}`,
    order,
    bodyHash,
    requestedAt: deps.now().toISOString(),
    reason: 'Removed from the order',
    items,
  });
}

function headerWrite(
  { order, amendments = 0, expectedCompletionDate }: OrderHeader,
  { document }: Amendment,
  isMoved: boolean,
  expected: string | undefined,
): TransactItem {
  const { requestedCompletionDate } = document;
  const promise = requestedCompletionDate ?? expected ?? expectedCompletionDate;
  const set = Object.entries({
    amendments: amendments + 1,
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
  { removed, document }: Amendment,
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
      ...(removed.length > 0 && { removed }),
    },
  });

/** The waits for the start of the order, and those inside flows for the very date that was asked for before. */
function rearmed(
  waits: readonly VisibleWait[],
  before: string | undefined,
  after: string | undefined,
  startsAt: Date,
): TransactItem[] {
  const wasFor = before === undefined ? undefined : instantOf(before)?.toISOString();
  const isFor = after === undefined ? undefined : instantOf(after)?.toISOString();
  return waits.flatMap((wait) => {
    const { status, kind, notBefore } = wait;
    if (kind === 'start' && status === 'planned' && notBefore !== undefined)
      return moveWait(wait, startsAt.toISOString());
    if (kind === 'timer' && status === 'open' && isFor && notBefore !== undefined && notBefore === wasFor)
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
