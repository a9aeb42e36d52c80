import * as z from 'zod';
import { durationSchema } from '#shared/domain/duration.ts';
import { Forbidden, StateConflict } from '#shared/domain/errors.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import {
  type BulkRepair,
  moveBulkRepair,
  newBulkRepairId,
  readBulkRepair,
  repairFilterSchema,
  writeBulkRepair,
} from '#shared/store/bulk-repairs.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { assertWorksAt, type Employee, isSupervisor } from '#shared/work-items/employee.ts';
import { resolutionSchema } from '#shared/work-items/resolve.ts';

/** A longer list is worked on in batches of more than a minute's wait; a faster one would flood underlying systems. */
const FASTEST_PER_MINUTE = 600;

const requestSchema = z.strictObject({
  filter: repairFilterSchema.extend({ olderThan: durationSchema.optional() }),
  resolution: resolutionSchema.refine(
    ({ action }) => action !== 'COMPLETE_BY_HAND' && action !== 'ASK_CUSTOMER',
    'differs from one step to the other: do them one by one',
  ),
  ratePerMinute: z.int().min(1).max(FASTEST_PER_MINUTE).default(60),
  stopAfterFailures: z.int().min(1).default(10),
  dryRun: z.boolean().default(true),
});

/**
 * Makes a bulk repair, whose list is then frozen.
 * @throws InvalidRequest naming each wrong field; Forbidden for a desk at which the person does not work
 */
export async function createBulkRepair(
  deps: Dependencies,
  { sub, desks }: Employee,
  body: unknown,
): Promise<BulkRepair> {
  const { filter, resolution, ratePerMinute, stopAfterFailures, dryRun } = parse(requestSchema, body);
  if (filter.desk) assertWorksAt({ sub, desks }, filter.desk);
  if (resolution.action === 'SKIP' && !isSupervisor({ sub, desks }))
    throw new Forbidden('Only a supervisor may skip a step');
  const head: BulkRepair = {
    bulkRepair: newBulkRepairId(),
    entry: 'HEAD',
    status: 'selecting',
    filter,
    resolution,
    by: sub,
    desks: [...desks],
    ratePerMinute,
    tolerates: stopAfterFailures,
    stopAt: stopAfterFailures,
    dryRun,
    createdAt: deps.now().toISOString(),
    run: 1,
    total: 0,
    done: 0,
    failed: 0,
    skipped: 0,
    remaining: 0,
    counts: {},
    place: { desk: 0 },
    version: 1,
  };
  await writeTogether(deps, [writeBulkRepair(head)]);
  return head;
}

/** What a person can do with a bulk repair, and in which of its states. */
export const CHANGES = {
  /** Also what runs: its execution may have broken off; the one that is started now replaces it. */
  start: { from: ['ready', 'paused', 'running', 'selecting'] },
  pause: { from: ['running'] },
  stop: { from: ['selecting', 'ready', 'running', 'paused'] },
} as const satisfies Record<string, { from: readonly BulkRepair['status'][] }>;
export type Change = keyof typeof CHANGES;

const ATTEMPTS = 4;

/**
 * Starts, pauses or stops a bulk repair. A start makes a new run, which replaces the one before; the caller starts its
 * execution.
 * @throws StateConflict `NOT_POSSIBLE` in a state in which that makes no sense
 */
export async function changeBulkRepair(
  deps: Dependencies,
  found: BulkRepair,
  change: Change,
): Promise<BulkRepair> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const head = (attempt === 0 ? undefined : await readBulkRepair(deps, found.bulkRepair)) ?? found;
    const { from } = CHANGES[change];
    if (!from.some((status) => status === head.status)) throw notPossible(head, change);
    const moved = await move(deps, head, change);
    if (moved) return moved;
  }
  throw notPossible(found, change);
}

function move(deps: Dependencies, head: BulkRepair, change: Change): Promise<BulkRepair | undefined> {
  const { bulkRepair, status, run, failed, tolerates } = head;
  if (change === 'pause') return moveBulkRepair(deps, bulkRepair, ['running'], 'paused', { why: 'paused' });
  if (change === 'stop') return moveBulkRepair(deps, bulkRepair, [status], 'stopped');
  const to = status === 'selecting' ? 'selecting' : 'running';
  return moveBulkRepair(deps, bulkRepair, [status], to, { run: run + 1, stopAt: failed + tolerates });
}

const notPossible = ({ bulkRepair, status }: BulkRepair, change: Change): StateConflict =>
  new StateConflict('NOT_POSSIBLE', `Bulk repair ${bulkRepair} is ${status}: ${change} is not possible`);
