import { TechnicalError } from '#shared/domain/errors.ts';
import { tableName } from '#shared/store/client.ts';
import type { Outcome, StepRecord, Suborder, Wait, WorkItem } from '#shared/store/records.ts';
import { getStep } from '#shared/store/suborders.ts';
import { getWaits } from '#shared/store/waits.ts';
import { closeWorkItem, isLive, readWorkItem, workItemId } from '#shared/store/work-items.ts';
import type { TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { SUBORDER_ENDING, wayOut } from './ending.ts';
import { FIRST_RUN } from './run-step.ts';
import { writeTogether } from './transaction.ts';

/**
 * Ends what a suborder waits for, since its end was decided: its flow leaves every wait, and work items are taken off
 * their desks with a note. Undo that is under way goes on. Safe to repeat.
 */
export async function endWaits(
  deps: Dependencies,
  { order, suborder, ends }: Pick<Suborder, 'order' | 'suborder' | 'ends'>,
): Promise<void> {
  for (const wait of await getWaits(deps, order, suborder)) await endWait(deps, wait, ends);
}

const ATTEMPTS = 5;
/** As this step fails what undoes a suborder: that waits for a person. */
const UNDOING = 'cancel';
const NOTES = {
  amended: 'The order is changed: this may come again',
  cancelled: 'The suborder is cancelled',
  failed: 'The suborder has failed',
} as const satisfies Record<NonNullable<Suborder['ends']>, string>;

/**
 * Ends one wait of a suborder whose end was decided. Somebody may touch the work item meanwhile: then the two are
 * looked at again, so that neither stays alone.
 */
export async function endWait(deps: Dependencies, wait: Wait, ends: Suborder['ends']): Promise<void> {
  if (wait.status !== 'open' || wait.kind === 'undo' || wait.step === UNDOING) return;
  const at = deps.now().toISOString();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const record = await getStep(deps, wait.order, wait.suborder, wait.step);
    const item = await workItemOf(deps, wait, record);
    if (item?.failure?.undo !== undefined) return;
    const refused = await writeTogether(deps, [
      ends === 'amended' && wait.kind === 'gate' ? leaveForNow(wait) : leave(wait, outcomeOf(wait, record)),
      ...(item && isLive(item.state)
        ? [closeWorkItem(item, { by: 'milepost', note: NOTES[ends ?? 'cancelled'], at })]
        : []),
    ]);
    if (!refused || refused.includes(WAIT)) return;
  }
  throw new TechnicalError('Conflict', `Others kept writing the work item of ${wait.order} ${wait.wait}`);
}

/** Where the wait stands among the writes that end it: when it is refused, it has its outcome. */
const WAIT = 0;

/** A failed step goes to the undo; anything else fails, and comes there by its rule. */
const outcomeOf = ({ kind }: Wait, record: StepRecord | undefined): Outcome =>
  kind === 'repair' || kind === 'hold' ? wayOut(record) : SUBORDER_ENDING;

/** The write that has a flow leave a wait; refused once the wait has its outcome, which a gate and a timer have from the start. */
const leave = (wait: Wait, outcome: Outcome): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order: wait.order, wait: wait.wait },
    UpdateExpression: 'SET #outcome = :outcome REMOVE #pending, #notBefore',
    ConditionExpression:
      '#status = :open AND (attribute_not_exists(#outcome) OR #kind IN (:gate, :timer, :hold))',
    ExpressionAttributeNames: {
      '#outcome': 'outcome',
      '#pending': 'pending',
      '#notBefore': 'notBefore',
      '#status': 'status',
      '#kind': 'kind',
    },
    ExpressionAttributeValues: {
      ':outcome': outcome,
      ':open': 'open',
      ':gate': 'gate',
      ':timer': 'timer',
      ':hold': 'hold',
    },
  },
});

/** The write that has a flow leave a gate to which it will come again: what it waits for stays. */
const leaveForNow = ({ order, wait }: Wait): TransactItem => ({
  Update: {
    TableName: tableName('waits'),
    Key: { order, wait },
    UpdateExpression: 'SET #leaves = :leaves',
    ConditionExpression: '#status = :open',
    ExpressionAttributeNames: { '#leaves': 'leaves', '#status': 'status' },
    ExpressionAttributeValues: { ':leaves': SUBORDER_ENDING, ':open': 'open' },
  },
});

async function workItemOf(
  deps: Dependencies,
  { order, suborder, step, kind }: Wait,
  record: StepRecord | undefined,
): Promise<WorkItem | undefined> {
  if (kind !== 'manual' && kind !== 'repair') return undefined;
  const ref = { order, suborder, step, run: record?.run ?? FIRST_RUN };
  return readWorkItem(deps, workItemId({ ...ref, kind: kind === 'manual' ? 'manual' : 'fallout' }));
}
