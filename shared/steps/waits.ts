import * as z from 'zod';
import type { MessageTemplate } from '#shared/domain/messages.ts';
import type { Milestone } from '#shared/domain/milestones.ts';
import { tableName } from '#shared/store/client.ts';
import type { Outcome, Wait } from '#shared/store/records.ts';
import { getStep, getSuborder } from '#shared/store/suborders.ts';
import { getWait } from '#shared/store/waits.ts';
import { stepKey, type TransactItem, waitId } from './completion.ts';
import type { Dependencies } from './dependencies.ts';
import { doneResult } from './done-result.ts';
import { endWait } from './end-waits.ts';
import { isEnding } from './ending.ts';
import { FIRST_RUN, isDone } from './run-step.ts';
import { writeTogether } from './transaction.ts';

/** Which attempt of a state a token belongs to, as the state machine sends it. */
export const attemptSchema = z.object({ enteredAt: z.string(), retryCount: z.int() });

/** Attempts of one state compare as text: by the time that it was entered, then by the retry. */
export const attemptKey = ({ enteredAt, retryCount }: z.output<typeof attemptSchema>): string =>
  `${new Date(enteredAt).toISOString()}#${String(retryCount).padStart(6, '0')}`;

/** A token to park. */
export interface Parking {
  readonly order: string;
  readonly suborder: string;
  readonly step: string;
  readonly task: string;
  readonly kind: Exclude<Wait['kind'], 'start'>;
  readonly token: string;
  /** By {@link attemptKey}. */
  readonly attempt: string;
  /** Why it waits, for people. */
  readonly reason: string;
  /** ISO time at which the wait becomes fallout, or has its deadline. */
  readonly dueAt: string;
  /** What the customer is told as the wait begins. */
  readonly announces?: MessageTemplate | undefined;
  readonly reminders?: Wait['reminders'];
  readonly question?: Wait['question'];
  readonly onDeadline?: Outcome | undefined;
  readonly correlationKey?: string | undefined;
  readonly reaches?: Milestone | undefined;
  readonly tells?: MessageTemplate | undefined;
  /** ISO time before which it is not resumed. */
  readonly notBefore?: string | undefined;
  /** What holds it back, until each of these entries is taken out. */
  readonly pending?: readonly string[];
  /** The outcome, when it is known already: what is parked passes as soon as nothing is pending. */
  readonly outcome?: Outcome;
  /** Writes of the same transaction, such as the work item. */
  readonly extra?: readonly TransactItem[];
}

/**
 * Parks a task token as a wait. Only the newest attempt's token counts: the same message again changes nothing
 * (`already-parked`), an older one is dropped (`stale`). A step that is done by now passes at once (`already-done`).
 */
export async function parkWait(
  deps: Dependencies,
  parking: Parking,
): Promise<'parked' | 'already-parked' | 'stale' | 'already-done'> {
  const { order, suborder, step, kind, attempt } = parking;
  const recordsStep = kind === 'manual' || kind === 'event' || kind === 'timer';
  const refused = await writeTogether(deps, [
    park(parking),
    ...(recordsStep ? [stepWaits(deps, parking)] : []),
    ...(parking.extra ?? []),
  ]);
  if (!refused) {
    await leaveIfEnding(deps, parking);
    return 'parked';
  }
  const known = await isParked(deps, parking);
  if (known) return 'already-parked';
  if (refused.includes(WAIT)) return 'stale';
  const recorded = recordsStep && refused.includes(STEP) && (await getStep(deps, order, suborder, step));
  if (!recorded || !isDone(recorded))
    throw new Error(`Could not park ${waitId(suborder, step, kind)} of ${order} (attempt ${attempt})`);
  const result = doneResult(recorded.task, recorded.outputs);
  const passes = await writeTogether(deps, [park({ ...parking, notBefore: undefined, outcome: { result } })]);
  return passes ? 'stale' : 'already-done';
}

/** Where the wait and the step's record stand among the writes that park it. */
const [WAIT, STEP] = [0, 1];

/** The wait is written first, then the suborder is looked at: a cancel does it the other way round, so that one of them sees the other. */
async function leaveIfEnding(deps: Dependencies, parking: Parking): Promise<void> {
  const { order, suborder, step, kind } = parking;
  if (kind === 'undo') return;
  const row = await getSuborder(deps, order, suborder);
  if (!isEnding(row)) return;
  const wait = await getWait(deps, order, waitId(suborder, step, kind));
  if (wait) await endWait(deps, wait, row.ends);
}

function park(parking: Parking): TransactItem {
  const { order, suborder, step, kind, token, attempt, reason, dueAt, correlationKey, notBefore, outcome } =
    parking;
  const { task, reaches, tells, reminders, question, onDeadline } = parking;
  const completion = { task, ...(reaches && { reaches }), ...(tells && { tells }) };
  const set: Record<string, unknown> = {
    suborder,
    step,
    kind,
    token,
    attempt,
    reason,
    dueAt,
    completion,
    status: 'open',
  };
  if (correlationKey) set.correlationKey = correlationKey;
  if (notBefore) set.notBefore = notBefore;
  if (outcome) set.outcome = outcome;
  if (reminders && reminders.length > 0) set.reminders = reminders;
  if (question) set.question = question;
  if (onDeadline) set.onDeadline = onDeadline;
  if (parking.pending && parking.pending.length > 0) set.pending = new Set(parking.pending);
  const names = Object.keys(set);
  // What an earlier attempt left behind; a gate's time comes from its milestones.
  const optional = [
    'outcome',
    'reminders',
    'question',
    'onDeadline',
    'leaves',
    ...(kind === 'gate' ? [] : ['notBefore']),
  ];
  const stale = optional.filter((name) => !names.includes(name));
  const remove = stale.length > 0 ? ` REMOVE ${stale.map((name) => `#${name}`).join(', ')}` : '';
  // A gate keeps the outcome that it has: one whose source was cancelled fails whenever it is asked.
  const value = (name: string) =>
    kind === 'gate' && name === 'outcome' ? 'if_not_exists(#outcome, :outcome)' : `:${name}`;
  return {
    Update: {
      TableName: tableName('waits'),
      Key: { order, wait: waitId(suborder, step, kind) },
      UpdateExpression: `SET ${names.map((name) => `#${name} = ${value(name)}`).join(', ')}${remove}`,
      ConditionExpression: 'attribute_not_exists(#attempt) OR #attempt < :attempt',
      ExpressionAttributeNames: {
        ...Object.fromEntries([...names, ...stale].map((name) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: Object.fromEntries(names.map((name) => [`:${name}`, set[name]])),
    },
  };
}

/** The step's record while it waits: tells the run, and when it began. Refused when it was completed meanwhile. */
const stepWaits = (deps: Dependencies, parking: Parking): TransactItem => ({
  Update: {
    TableName: tableName('suborders'),
    Key: stepKey(parking.order, parking.suborder, parking.step),
    UpdateExpression: `SET #suborder = :suborder, #step = :step, #task = :task, #run = if_not_exists(#run, :firstRun), #status = :waiting, #at = :now, #startedAt = if_not_exists(#startedAt, :now)${parking.notBefore ? ', #until = :until' : ''}${parking.announces ? ', #tells = :announces' : ' REMOVE #tells'}`,
    ConditionExpression: 'attribute_not_exists(#status) OR NOT #status IN (:done, :skipped)',
    ExpressionAttributeNames: {
      '#suborder': 'suborder',
      '#step': 'step',
      '#task': 'task',
      '#run': 'run',
      '#status': 'status',
      '#at': 'at',
      '#startedAt': 'startedAt',
      '#tells': 'tells',
      ...(parking.notBefore && { '#until': 'until' }),
    },
    ExpressionAttributeValues: {
      ...(parking.announces && { ':announces': parking.announces }),
      ...(parking.notBefore && { ':until': parking.notBefore }),
      ':suborder': parking.suborder,
      ':step': parking.step,
      ':task': parking.task,
      ':firstRun': FIRST_RUN,
      ':waiting': 'waiting',
      ':done': 'done',
      ':skipped': 'skipped',
      ':now': deps.now().toISOString(),
    },
  },
});

async function isParked(
  deps: Dependencies,
  { order, suborder, step, kind, attempt }: Parking,
): Promise<boolean> {
  const wait = await getWait(deps, order, waitId(suborder, step, kind));
  return wait?.attempt === attempt;
}
