import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { ITEM_STATES, isTerminal } from '#shared/domain/states.ts';
import { applyPendingEvents } from '#shared/inbox/matching.ts';
import { tableName } from '#shared/store/client.ts';
import { unmatchedEvents } from '#shared/store/inbox.ts';
import { sweepExecutions } from './executions.ts';
import type { Finding } from './findings.ts';
import { report } from './report.ts';
import { GRACE_MS, type SweepDependencies, sweepOrder } from './sweep-order.ts';

export interface SweeperDependencies extends SweepDependencies {
  /** Ids of all flows that have a state machine. */
  readonly flows: readonly string[];
}

/** What a run found. */
export interface Swept {
  readonly orders: number;
  readonly findings: readonly Finding[];
  /** Events that came a day ago or earlier, and that no flow has waited for. */
  readonly unmatched: number;
  /** Why orders could not be looked at. */
  readonly failures: readonly unknown[];
}

/** Work of one run; the next one goes on behind it. */
const ORDERS = 25;
const EVENTS = 25;
const DAY_MS = 86_400_000;

const LIVE_STATES = ITEM_STATES.filter((state) => !isTerminal(state));

/** Where the next run goes on, through the live orders by state and date, the flows, and the events by their age. */
const placeSchema = z.object({
  stateIndex: z.int().default(0),
  afterOrder: z.string().default('0'),
  flowIndex: z.int().default(0),
  nextToken: z.string().optional(),
  afterEvent: z.string().default('0'),
});
type Place = z.output<typeof placeSchema>;

const PLACE_KEY = { pk: 'SWEEPER', sk: 'PLACE' };

/**
 * Looks at the next part of what is live: some orders, a page of one flow's executions, some events that nobody has
 * waited for. It goes round and round. What it cannot put right becomes a notice for a supervisor, once a day.
 */
export async function sweep(deps: SweeperDependencies): Promise<Swept> {
  const place = await readPlace(deps);
  const orders = await nextOrders(deps, place);
  const findings: Finding[] = [];
  const failures: unknown[] = [];
  for (const order of orders.found)
    try {
      findings.push(...(await sweepOrder(deps, order)));
    } catch (error) {
      // One order that cannot be looked at keeps nobody from the others.
      failures.push(error);
    }
  const executions = await nextExecutions(deps, place);
  findings.push(...executions.findings);
  const events = await nextEvents(deps, place);
  for (const finding of findings) if (finding.action === 'reported') await report(deps, finding);
  await writePlace(deps, { ...orders.place, ...executions.place, ...events.place });
  return { orders: orders.found.length, findings, unmatched: events.unmatched, failures };
}

async function readPlace({ documents }: SweeperDependencies): Promise<Place> {
  const { Item = {} } = await documents.send(
    new GetCommand({ TableName: tableName('orders'), Key: PLACE_KEY, ConsistentRead: true }),
  );
  return placeSchema.parse(Item);
}

async function writePlace({ documents }: SweeperDependencies, place: Place): Promise<void> {
  await documents.send(new PutCommand({ TableName: tableName('orders'), Item: { ...PLACE_KEY, ...place } }));
}

const listedSchema = z.object({ order: z.string(), listKey: z.string() });

async function nextOrders({ documents }: SweeperDependencies, { stateIndex, afterOrder }: Place) {
  const { Items = [] } = await documents.send(
    new QueryCommand({
      TableName: tableName('orders'),
      IndexName: 'byState',
      KeyConditionExpression: '#state = :state AND listKey > :after',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: {
        ':state': LIVE_STATES[stateIndex] ?? LIVE_STATES[0],
        ':after': afterOrder,
      },
      Limit: ORDERS,
    }),
  );
  const listed = Items.map((item) => listedSchema.parse(item));
  const last = listed.at(-1);
  const place =
    last && listed.length === ORDERS
      ? { stateIndex, afterOrder: last.listKey }
      : { stateIndex: (stateIndex + 1) % LIVE_STATES.length, afterOrder: '0' };
  return { found: listed.map(({ order }) => order), place };
}

async function nextExecutions(deps: SweeperDependencies, { flowIndex, nextToken }: Place) {
  const before = new Date(deps.now().getTime() - GRACE_MS);
  const page = await sweepExecutions(deps, deps.flows[flowIndex] ?? deps.flows[0] ?? '', nextToken, before);
  const place = page.nextToken
    ? { flowIndex, nextToken: page.nextToken }
    : { flowIndex: (flowIndex + 1) % deps.flows.length, nextToken: undefined };
  return { findings: page.findings, place };
}

/** An event that came before its wait, or whose match was cut off, is looked at again. */
async function nextEvents(deps: SweeperDependencies, { afterEvent }: Place) {
  const now = deps.now().getTime();
  const events = await unmatchedEvents(deps, {
    after: afterEvent,
    until: new Date(now - GRACE_MS).toISOString(),
    limit: EVENTS,
  });
  let unmatched = 0;
  for (const { correlationKey, sk, receivedAt } of events) {
    const fates = await applyPendingEvents(deps, correlationKey);
    const isPending = !fates.has(sk) || fates.get(sk) === 'pending';
    if (isPending && now - Date.parse(receivedAt) > DAY_MS) unmatched += 1;
  }
  const last = events.at(-1);
  return { unmatched, place: { afterEvent: last && events.length === EVENTS ? last.receivedAt : '0' } };
}
