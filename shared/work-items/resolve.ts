import * as z from 'zod';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { durationSchema, durationSeconds } from '#shared/domain/duration.ts';
import { Forbidden, StateConflict } from '#shared/domain/errors.ts';
import { reasonSchema } from '#shared/domain/reason.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import type { WorkItem } from '#shared/store/records.ts';
import { parse } from '#shared/tmf622/pointer.ts';
import { askCustomer } from './ask.ts';
import { correctsFacts, readCorrections } from './corrections.ts';
import { type Employee, isSupervisor } from './employee.ts';
import { type Decision, finishWorkItem } from './finish.ts';
import { formOf } from './forms.ts';
import { moveTo } from './lifecycle.ts';
import { changeWorkItem } from './load.ts';
import { completesStep, endsItem, takenBack } from './step-writes.ts';
import { unitChange } from './units.ts';
import type { BulkMark } from './within-bulk.ts';

/** The repair itself waits for thirty days. */
const LONGEST_ANSWER_SECONDS = 28 * 24 * 3600;

/** How long the customer has to answer. */
const answerTime = durationSchema.refine(
  (duration) => durationSeconds(duration) <= LONGEST_ANSWER_SECONDS,
  'must be four weeks at most',
);

const reason = reasonSchema;

export const resolutionSchema = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('RETRY'), reason }),
  z.strictObject({
    action: z.literal('CORRECT_AND_RETRY'),
    reason,
    corrections: z.record(z.string(), z.unknown()),
  }),
  z.strictObject({ action: z.literal('COMPLETE_BY_HAND'), reason, outputs: z.unknown().optional() }),
  z.strictObject({ action: z.literal('SKIP'), reason }),
  z.strictObject({ action: z.literal('CANCEL_ITEM'), reason }),
  z.strictObject({ action: z.literal('FAIL_ITEM'), reason }),
  z.strictObject({ action: z.literal('REASSIGN'), reason, desk: z.enum(DESK_IDS) }),
  z.strictObject({
    action: z.literal('ASK_CUSTOMER'),
    reason,
    question: z.string().trim().min(1).max(1000),
    fields: z.array(z.string()).optional(),
    within: answerTime.optional(),
  }),
]);
type Resolution = z.output<typeof resolutionSchema>;
export type RepairAction = Resolution['action'];

const ACTIONS: readonly RepairAction[] = [
  'RETRY',
  'CORRECT_AND_RETRY',
  'COMPLETE_BY_HAND',
  'SKIP',
  'CANCEL_ITEM',
  'FAIL_ITEM',
  'REASSIGN',
  'ASK_CUSTOMER',
];
/** An undo is neither left out nor cancelled: its effect is out in the world until it is taken back. */
const UNDO_ACTIONS: readonly RepairAction[] = ['RETRY', 'COMPLETE_BY_HAND', 'REASSIGN'];

/** What this person can do about a failed step. */
export function actionsOf(
  item: Pick<WorkItem, 'kind' | 'task' | 'failure'>,
  employee: Employee,
): readonly RepairAction[] {
  if (item.kind !== 'fallout') return [];
  const actions = isUndo(item) ? UNDO_ACTIONS : ACTIONS;
  return actions.filter((action) => action !== 'SKIP' || isSupervisor(employee));
}

/** Where the flow goes on: the id of a step or gate. What sets flags is the step, once it is passed. */
const resumeAt = (where: string) => ({ result: { resumeAt: where, flags: {} } });

/**
 * Repairs a failed step.
 * @throws InvalidRequest naming each wrong field; Forbidden when a supervisor is needed; StateConflict, see `finishWorkItem`
 */
export async function resolveWorkItem(
  deps: Dependencies,
  employee: Employee,
  id: string,
  body: unknown,
  bulk?: BulkMark,
): Promise<WorkItem> {
  const resolution = parse(resolutionSchema, body);
  if (resolution.action === 'REASSIGN') {
    const { action, reason: why, desk } = resolution;
    return changeWorkItem(
      deps,
      employee,
      id,
      { what: action, why, details: { desk } },
      (item, now) => {
        assertPossible(item, employee, action);
        return moveTo(item, desk, { by: employee.sub, reason: why }, now);
      },
      { bulk },
    );
  }
  if (resolution.action === 'ASK_CUSTOMER') {
    if (bulk) throw new StateConflict('NOT_POSSIBLE', 'Each customer is asked a question of their own');
    return askCustomer(deps, employee, id, resolution, (item) =>
      assertPossible(item, employee, resolution.action),
    );
  }
  return finishWorkItem(
    deps,
    employee,
    id,
    (item) => {
      assertPossible(item, employee, resolution.action);
      return decide(deps, employee, item, resolution);
    },
    bulk,
  );
}

const isUndo = ({ failure }: Pick<WorkItem, 'failure'>): boolean => failure?.undo !== undefined;

function assertPossible(item: WorkItem, employee: Employee, action: RepairAction): void {
  if (item.kind !== 'fallout')
    throw new StateConflict(
      'NOT_RESOLVABLE',
      `Work item ${item.workItem} is no failed step: complete or reject it`,
    );
  if (actionsOf(item, employee).includes(action)) return;
  if (action === 'SKIP' && !isUndo(item)) throw new Forbidden('Only a supervisor may skip a step');
  throw new StateConflict('NOT_POSSIBLE', `${action} is not possible for an undo`);
}

async function decide(
  deps: Dependencies,
  { sub: by }: Employee,
  item: WorkItem,
  resolution: Exclude<Resolution, { action: 'REASSIGN' | 'ASK_CUSTOMER' }>,
): Promise<Decision> {
  const { order, suborder, step, task, context } = item;
  const { action, reason: note } = resolution;
  switch (action) {
    case 'RETRY':
      return { result: { action, note }, outcome: resumeAt(item.failure?.step ?? step) };
    case 'CORRECT_AND_RETRY': {
      const corrections = readCorrections(task, resolution.corrections);
      return {
        result: { action, note, outputs: corrections },
        outcome: resumeAt(item.failure?.step ?? step),
        step: () => correctsFacts(deps, item, corrections),
      };
    }
    case 'CANCEL_ITEM':
      return { result: { action, note }, ...(await endsItem(deps, item, 'cancelled')) };
    case 'FAIL_ITEM':
      return { result: { action, note }, ...(await endsItem(deps, item, 'failed')) };
    case 'SKIP':
      return {
        result: { action, note },
        outcome: resumeAt(step),
        step: (at) => completesStep(deps, item, { outputs: {}, by, at, status: 'skipped' }),
      };
    case 'COMPLETE_BY_HAND': {
      const schema = z.object({ outputs: z.strictObject(formOf(task, context).outputs.shape) });
      const { outputs } = parse(schema, { outputs: resolution.outputs ?? {} });
      return {
        result: { action, note, outputs },
        outcome: resumeAt(step),
        unit: unitChange(task, { order, suborder }, outputs, context),
        step: async (at) =>
          isUndo(item) ? takenBack(deps, item, { by, at }) : completesStep(deps, item, { outputs, by, at }),
      };
    }
  }
}
