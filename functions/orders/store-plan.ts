import { isDeepStrictEqual } from 'node:util';
import { BatchWriteCommand, type BatchWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { BusinessRejection, TechnicalError } from '#shared/domain/errors.ts';
import { startWait } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { getOrderFacts } from '#shared/steps/order-facts.ts';
import { tableName } from '#shared/store/client.ts';
import type { Suborder, Wait } from '#shared/store/records.ts';
import type { NetworkRecord } from '#shared/timing/network.ts';
import { planOrder } from '#state-machines/planning/plan.ts';
import { schedule } from '#state-machines/planning/timing.ts';
import { startRecord, suborderRecords, timingRecord, waitRecords } from './plan-records.ts';

/** DynamoDB takes no more writes in one batch. */
const BATCH = 25;

type Writes = NonNullable<BatchWriteCommandInput['RequestItems']>[string];

/**
 * Divides an order: writes its suborders and the waits between them. Nothing runs before all of it is there, so
 * that writing it twice is harmless.
 *
 * An item that does not say what is ordered becomes a suborder too: one that the order desk sees to.
 *
 * @returns how many suborders there are
 * @throws BusinessRejection `IMPOSSIBLE_PLAN`
 */
export async function storePlan(deps: Dependencies, order: string): Promise<number> {
  const facts = await getOrderFacts(deps, order);
  const count = await writePlan(deps, order, facts);
  // A change of the order that came while the plan was made finds no waits to move yet.
  const after = await getOrderFacts(deps, order);
  return isDeepStrictEqual(facts, after) ? count : storePlan(deps, order);
}

async function writePlan(
  deps: Dependencies,
  order: string,
  facts: Awaited<ReturnType<typeof getOrderFacts>>,
): Promise<number> {
  const plan = planOrder({ ...facts, order });
  if ('refusals' in plan)
    throw new BusinessRejection('IMPOSSIBLE_PLAN', plan.refusals.map(({ message }) => message).join('; '));
  const now = deps.now();
  const { startsAt } = schedule(plan, facts, now);
  const suborders = suborderRecords(order, plan, now.toISOString());
  const waits = [plan.management, ...plan.suborders].flatMap((planned) => waitRecords(order, planned));
  await writeAll(deps, 'waits', startsAt ? startingAt(startsAt, suborders, waits) : waits);
  await writeAll(deps, 'suborders', [...suborders, timingRecord(order, plan)]);
  return suborders.length;
}

/** An order for later: the start of each suborder waits for that date too, besides what it relies on. */
function startingAt(startsAt: Date, suborders: readonly Suborder[], waits: readonly Wait[]): Wait[] {
  const starts = suborders
    .filter(({ state }) => state === 'acknowledged')
    .map((suborder) => {
      const planned = waits.find(({ wait }) => wait === startWait(suborder.suborder));
      return startRecord(suborder, planned, startsAt.toISOString(), 'for the date of the order');
    });
  const replaced = new Set(starts.map(({ wait }) => wait));
  return [...waits.filter(({ wait }) => !replaced.has(wait)), ...starts];
}

async function writeAll(
  { documents }: Dependencies,
  table: 'waits' | 'suborders',
  items: readonly (Suborder | Wait | NetworkRecord)[],
): Promise<void> {
  const name = tableName(table);
  for (let start = 0; start < items.length; start += BATCH) {
    let writes: Writes = items.slice(start, start + BATCH).map((Item) => ({ PutRequest: { Item } }));
    for (let attempt = 0; writes.length > 0; attempt++) {
      if (attempt === 5)
        throw new TechnicalError('Throttled', `${writes.length} records of the plan are not written`);
      const { UnprocessedItems } = await documents.send(
        new BatchWriteCommand({ RequestItems: { [name]: writes } }),
      );
      writes = UnprocessedItems?.[name] ?? [];
    }
  }
}
