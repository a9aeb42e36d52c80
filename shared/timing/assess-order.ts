import { isDeepStrictEqual } from 'node:util';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TechnicalError } from '#shared/domain/errors.ts';
import { isTerminal } from '#shared/domain/states.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { readOrderRecords } from '#shared/store/order-records.ts';
import { headerKey, readHeader } from '#shared/store/orders.ts';
import type { OrderHeader, StepRecord, Suborder } from '#shared/store/records.ts';
import { unlessRefused } from '#shared/store/unless-refused.ts';
import { listKeys, readWorkItem, workItemId, writeWorkItem } from '#shared/store/work-items.ts';
import { type Assessment, assess, nextCheck, priorityOf } from './jeopardy.ts';
import { type Network, nodeId } from './network.ts';
import { project, type Standing } from './projection.ts';

export interface AssessDependencies extends Dependencies {
  /** Has the order looked at again at that time. */
  readonly wakeAt: (time: string, what: { readonly order: string; readonly wait: string }) => Promise<void>;
}

/** What the scheduler says that the time has come for. */
export const ASSESSMENT = 'assessment';

const ATTEMPTS = 5;

/**
 * Works out anew when an order will be complete and how much it is at risk, from its records: one query of them and its
 * header, however many orders there are. What changed is written to the header, whose stream tells the world; before,
 * the order's work on the desks gets the priority that goes with the risk. Safe to repeat.
 */
export async function assessOrder(deps: AssessDependencies, order: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [records, header] = await Promise.all([readOrderRecords(deps, order), readHeader(deps, order)]);
    const { timing, steps, suborders } = records;
    if (!timing || !header || isTerminal(header.state)) return;
    const now = deps.now();
    const projection = project(timing.steps, standingOf(steps, suborders), now);
    const found = assess(projection, header.promisedDate, header, now);
    const priority = priorityOf(found.jeopardy?.level);
    if (priority !== priorityOf(header.jeopardy?.level))
      await prioritize(deps, timing.steps, steps, priority);
    const check = await arm(deps, header, nextCheck(projection, header.promisedDate, found, now));
    if (isSame(found, check, header) || (await write(deps, header, found, check))) return;
  }
  throw new TechnicalError('Conflict', `Order ${order} is being assessed by others`);
}

function standingOf(steps: readonly StepRecord[], suborders: readonly Suborder[]): Standing {
  const isOver = ({ state }: Suborder) =>
    isTerminal(state) || state === 'assessingCancellation' || state === 'pendingCancellation';
  return {
    steps: new Map(
      steps
        .filter(({ status }) => status !== 'obsolete')
        .map((record) => [nodeId(record.suborder, record.step), record]),
    ),
    ended: new Set(suborders.filter(isOver).map(({ suborder }) => suborder)),
  };
}

/** The pending check stays when it is early enough; else an earlier one is asked for. @returns when it is */
async function arm(
  deps: AssessDependencies,
  { order, checkAt }: OrderHeader,
  next: Date | undefined,
): Promise<string | undefined> {
  const pending = checkAt !== undefined && new Date(checkAt) > deps.now() ? checkAt : undefined;
  if (!next || (pending && new Date(pending) <= next)) return pending;
  await deps.wakeAt(next.toISOString(), { order, wait: ASSESSMENT });
  return next.toISOString();
}

const isSame = (found: Assessment, check: string | undefined, header: OrderHeader): boolean =>
  found.expectedCompletionDate === header.expectedCompletionDate &&
  found.toldDate === header.toldDate &&
  check === header.checkAt &&
  isDeepStrictEqual(found.jeopardy, header.jeopardy);

/** @returns false when somebody else has assessed the order meanwhile */
async function write(
  { documents }: Dependencies,
  { order, assessments = 0 }: OrderHeader,
  found: Assessment,
  checkAt: string | undefined,
): Promise<boolean> {
  const set = Object.entries({ ...found, checkAt, assessments: assessments + 1 }).filter(
    ([, value]) => value !== undefined,
  );
  return unlessRefused(
    documents.send(
      new UpdateCommand({
        TableName: tableName('orders'),
        Key: headerKey(order),
        UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}${checkAt ? '' : ' REMOVE #checkAt'}`,
        ConditionExpression:
          assessments === 0 ? 'attribute_not_exists(#assessments)' : '#assessments = :before',
        ExpressionAttributeNames: {
          ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
          ...(!checkAt && { '#checkAt': 'checkAt' }),
        },
        ExpressionAttributeValues: {
          ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
          ...(assessments > 0 && { ':before': assessments }),
        },
      }),
    ),
  );
}

/** Gives what an order has on desks its place in their lists. */
async function prioritize(
  deps: Dependencies,
  network: Network,
  steps: readonly StepRecord[],
  priority: number,
): Promise<void> {
  for (const { order, suborder, step, run, status } of steps) {
    const isManual = network[suborder]?.some((timed) => timed.step === step && timed.kind === 'manual');
    const kind = status === 'fallout' ? 'fallout' : status === 'waiting' && isManual ? 'manual' : undefined;
    if (kind) await raise(deps, workItemId({ order, suborder, step, run, kind }), priority);
  }
}

async function raise(deps: Dependencies, id: string, priority: number): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const item = await readWorkItem(deps, id);
    if (!item?.deskState || (item.priority ?? 0) === priority) return;
    const raised = { ...item, priority, version: item.version + 1 };
    const refused = await writeTogether(deps, [
      writeWorkItem({ ...raised, dueKey: listKeys(raised).dueKey }),
    ]);
    if (!refused) return;
  }
  throw new TechnicalError('Conflict', `Others kept writing work item ${id}`);
}
