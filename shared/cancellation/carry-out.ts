import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { TechnicalError } from '#shared/domain/errors.ts';
import { MANAGEMENT, MANAGEMENT_FLOW } from '#shared/domain/suborders.ts';
import { beginEnding } from '#shared/steps/begin-ending.ts';
import { carryOutEnding } from '#shared/steps/cancel-suborder.ts';
import { suborderKey } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { isCancelled } from '#shared/steps/ending.ts';
import { cancellationsOf, isOver, moveCancellation } from '#shared/store/cancellations.ts';
import { tableName } from '#shared/store/client.ts';
import { loadDocument } from '#shared/store/orders.ts';
import type { Cancellation, Suborder } from '#shared/store/records.ts';
import { getSuborders } from '#shared/store/suborders.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { itemsWithin } from '#shared/tmf622/items.ts';
import { decide } from './decide.ts';
import { settleCancellations } from './settle.ts';

/** Carries out what was asked for before the items of an order could be cancelled. */
export async function carryOutCancellations(deps: Dependencies, order: string): Promise<void> {
  const open = (await cancellationsOf(deps, order)).filter((request) => !isOver(request));
  for (const request of open.reverse()) await carryOut(deps, request);
}

const ATTEMPTS = 10;

/**
 * Carries out a request to cancel:
 * 1. it is decided by what the suborders have done (`decide`);
 * 2. their ends are decided in one transaction, which a step that passes a hard point of no return meanwhile refuses:
 *    then it is decided anew;
 * 3. they leave what they wait for, and are undone by their executions; the last one to end settles the request.
 * Safe to repeat.
 * @throws TechnicalError `Conflict` when others kept writing the same suborders
 */
export async function carryOut(deps: Dependencies, request: Cancellation): Promise<void> {
  const { order, cancellation, items } = request;
  if (isOver(request)) return;
  await moveCancellation(deps, request, ['acknowledged'], 'inProgress');
  const isAsked = items ? await itemsAsked(deps, order, items) : () => true;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const rows = await getSuborders(deps, order);
    if (rows.length === 0 && !items) {
      await endBeforeStart(deps, request);
      continue;
    }
    const decision = decide(request, rows, isAsked);
    if (decision.kind === 'later') return;
    if (decision.kind === 'refused') {
      await moveCancellation(deps, request, ['inProgress'], 'terminatedWithError', {
        problems: [...decision.problems],
        endedAt: deps.now().toISOString(),
      });
      return;
    }
    const { suborders } = decision;
    const fresh = suborders.filter((row) => !isCancelled(row));
    const ending = { ends: 'cancelled', cancelledBy: cancellation } as const;
    if (!(await beginEnding(deps, fresh, ending))) continue;
    // Items that were added meanwhile are cancelled with the others.
    if (!items && (await getSuborders(deps, order)).length > rows.length) continue;
    await moveCancellation(deps, request, ['inProgress'], 'inProgress', accepted(suborders));
    for (const row of suborders) if (row.endedAt === undefined) await carryOutEnding(deps, row);
    await settleCancellations(deps, order);
    return;
  }
  throw new TechnicalError('Conflict', `Others kept writing the suborders of ${order}`);
}

/** Whether an item is one of those that are asked for, or inside of one. */
async function itemsAsked(deps: Dependencies, order: string, items: readonly string[]) {
  const asked = itemsWithin(await loadDocument(deps.documents, order), items);
  return (item: string) => asked.has(item);
}

/** What is known of a request as soon as it is accepted. */
const accepted = (rows: readonly Suborder[]) => ({
  suborders: rows.map(({ suborder }) => suborder),
  cancelled: rows.flatMap(({ item }) => item ?? []),
  charges: rows.flatMap(({ item, passedSoft }) =>
    item !== undefined && passedSoft !== undefined ? [{ item, step: passedSoft }] : [],
  ),
});

/** An order that still waits to be started never is: whoever starts it finds order management ended. */
async function endBeforeStart(deps: Dependencies, { order, cancellation }: Cancellation): Promise<void> {
  const management: Suborder = {
    ...suborderKey(order, MANAGEMENT),
    suborder: MANAGEMENT,
    flow: MANAGEMENT_FLOW,
    state: 'pending',
    ends: 'cancelled',
    cancelledBy: cancellation,
    flags: {},
    facts: {},
    milestones: {},
    opens: {},
    siblings: {},
    steps: 0,
    done: 0,
  };
  await unlessRefused(
    deps.documents.send(
      new PutCommand({
        TableName: tableName('suborders'),
        Item: management,
        ConditionExpression: 'attribute_not_exists(sk)',
      }),
    ),
  );
}
