import type { SQSClient } from '@aws-sdk/client-sqs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { answerToken } from '#shared/clients/task-tokens.ts';
import { isTerminal } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import { answerWait, startWait, waitId } from '#shared/steps/completion.ts';
import { doneResult } from '#shared/steps/done-result.ts';
import { projectOrderState, stateOf } from '#shared/steps/order-state.ts';
import { FIRST_RUN, isDone } from '#shared/steps/run-step.ts';
import { type StartDependencies, startSuborder } from '#shared/steps/start-suborder.ts';
import { writeTogether } from '#shared/steps/transaction.ts';
import { tableName } from '#shared/store/client.ts';
import { type OrderRecords, readOrderRecords } from '#shared/store/order-records.ts';
import { readHeader } from '#shared/store/orders.ts';
import type { OrderHeader, StepRecord, Suborder } from '#shared/store/records.ts';
import { readWaits, type VisibleWait } from '#shared/store/visible-waits.ts';
import { isLive, readWorkItem, workItemId } from '#shared/store/work-items.ts';
import { openCallbacks } from './callbacks.ts';
import { executionArn, executionStatus, redrive } from './executions.ts';
import type { Finding, FindingKind } from './findings.ts';

export interface SweepDependencies extends StartDependencies {
  readonly sqs: Pick<SQSClient, 'send'>;
  readonly intakeQueueUrl: string;
}

/** The error of a step whose token nobody has. */
const TOKEN_LOST = { error: 'TokenLost', cause: 'What the step waits for was not written down' } as const;

/** What happened since is still under way. */
export const GRACE_MS = 15 * 60_000;

/**
 * Compares all that is known of an order: its header, suborders, steps, waits and executions. What does not agree is put
 * right where that is safe to repeat; the rest is only found.
 */
export async function sweepOrder(deps: SweepDependencies, order: string): Promise<Finding[]> {
  const [header, records, waits] = await Promise.all([
    readHeader(deps, order),
    readOrderRecords(deps, order),
    readWaits(deps, order),
  ]);
  if (!header || isTerminal(header.state)) return [];
  const before = new Date(deps.now().getTime() - GRACE_MS);
  const sweep = new OrderSweep(deps, header, records, waits, before);
  return sweep.run();
}

class OrderSweep {
  readonly #deps: SweepDependencies;
  readonly #header: OrderHeader;
  readonly #records: OrderRecords;
  readonly #waits: readonly VisibleWait[];
  /** What happened after this is left alone. */
  readonly #before: Date;
  readonly #findings: Finding[] = [];

  constructor(
    deps: SweepDependencies,
    header: OrderHeader,
    records: OrderRecords,
    waits: readonly VisibleWait[],
    before: Date,
  ) {
    this.#deps = deps;
    this.#header = header;
    this.#records = records;
    this.#waits = waits;
    this.#before = before;
  }

  async run(): Promise<Finding[]> {
    const { suborders } = this.#records;
    if (suborders.length === 0) await this.#intake('INTAKE_NOT_STARTED', this.#header.orderDate);
    for (const suborder of suborders) if (suborder.endedAt === undefined) await this.#suborder(suborder);
    for (const wait of this.#waits) await this.#wait(wait);
    for (const step of this.#records.steps) if (!this.#hasFailed(step)) this.#step(step);
    await this.#state();
    return this.#findings;
  }

  #found(
    kind: FindingKind,
    where: { readonly suborder: string; readonly step?: string },
    action: Finding['action'],
  ): void {
    const { order } = this.#header;
    this.#findings.push({ kind, order, suborder: where.suborder, step: where.step, action });
  }

  #isRecent = (time: string | undefined): boolean => time !== undefined && new Date(time) > this.#before;

  /** Intake starts an order once, however often it is asked to. */
  async #intake(kind: FindingKind, since: string | undefined): Promise<void> {
    if (this.#isRecent(since)) return;
    const { order } = this.#header;
    const { sqs, intakeQueueUrl: QueueUrl } = this.#deps;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ order }) }));
    this.#found(kind, { suborder: MANAGEMENT }, 'repaired');
  }

  async #suborder(row: Suborder): Promise<void> {
    if (row.startedAt === undefined) return this.#start(row);
    if (this.#isRecent(row.startedAt)) return;
    const status = await executionStatus(this.#deps, row);
    if (status === 'RUNNING') return this.#callbacks(row);
    if (status === 'PENDING_REDRIVE') return;
    if (status === 'none') {
      if (row.suborder === MANAGEMENT) return this.#intake('NO_EXECUTION', row.startedAt);
      await startSuborder(this.#deps, row);
      return this.#found('NO_EXECUTION', row, 'repaired');
    }
    const goesOn = status !== 'SUCCEEDED' && (await redrive(this.#deps, row));
    this.#found('EXECUTION_ENDED', row, goesOn ? 'repaired' : 'reported');
  }

  /** Whoever was to park a token never did, or its message was thrown away: the step fails, and goes to repair. */
  async #callbacks(row: Suborder): Promise<void> {
    const { stepFunctions } = this.#deps;
    const parked = new Set(
      this.#waits.flatMap(({ suborder, attempt }) => (suborder === row.suborder && attempt ? [attempt] : [])),
    );
    for (const { taskToken, attempt, since } of await openCallbacks(stepFunctions, executionArn(row))) {
      if (parked.has(attempt) || since > this.#before) continue;
      const answered = await answerToken(stepFunctions, taskToken, TOKEN_LOST);
      if (answered === 'resumed') this.#found('TOKEN_LOST', row, 'repaired');
    }
  }

  /** Whether this run has failed a step of the suborder, whose records follow. */
  #hasFailed = ({ suborder }: StepRecord): boolean =>
    this.#findings.some((found) => found.kind === 'TOKEN_LOST' && found.suborder === suborder);

  /** A suborder that waits for nothing is started by order management. */
  async #start(row: Suborder): Promise<void> {
    const { order, suborder, ends } = row;
    const started = this.#stepOf(MANAGEMENT, 'start');
    const waits = this.#waits.some(({ wait }) => wait === startWait(suborder));
    if (suborder === MANAGEMENT || ends || waits || started?.status !== 'done') return;
    if (this.#isRecent(started.at)) return;
    await startSuborder(this.#deps, row);
    await projectOrderState(this.#deps, order);
    this.#found('NOT_STARTED', row, 'repaired');
  }

  async #wait(wait: VisibleWait): Promise<void> {
    const { status, kind, outcome, notBefore, pending, dueAt, onDeadline } = wait;
    if (status === 'resumed' || status === 'closed') return;
    if (status === 'planned' && kind !== 'start') return;
    if (this.#isInRepair(wait)) return;
    const complete = (outcome !== undefined || kind === 'start') && (pending?.size ?? 0) === 0;
    if (complete) {
      // Nothing has been heard of a time that has come; one to come is asked for anew, which changes nothing.
      if (this.#isRecent(notBefore ?? wait.attempt?.split('#')[0])) {
        if (notBefore !== undefined && this.#isAhead(notBefore)) await this.#touch(wait);
        return;
      }
      await this.#touch(wait);
      return this.#found('NOT_RESUMED', wait, 'repaired');
    }
    if (outcome !== undefined || this.#isRecent(wait.attempt?.split('#')[0])) return;
    if (await this.#isMissing(wait)) return;
    if (dueAt === undefined || this.#isRecent(dueAt)) return;
    if (onDeadline) await this.#touch(wait);
    this.#found('OVERDUE', wait, onDeadline ? 'repaired' : 'reported');
  }

  /** Its time limit has passed, and the flow waits for the repair of the step instead. */
  #isInRepair = ({ suborder, step, kind }: VisibleWait): boolean =>
    (kind === 'manual' || kind === 'event' || kind === 'timer') &&
    this.#stepOf(suborder, step)?.status === 'fallout';

  #isAhead = (time: string): boolean => new Date(time) > this.#deps.now();

  /** A flow that waits for a step which is done goes on; one that waits for work which nobody has needs a person. */
  async #isMissing(wait: VisibleWait): Promise<boolean> {
    const { order, suborder, step, kind } = wait;
    if (kind === 'gate' || kind === 'start' || kind === 'undo') return false;
    const record = this.#stepOf(suborder, step);
    if (record && isDone(record) && kind !== 'repair') {
      const outcome = { result: doneResult(record.task, record.outputs) };
      await writeTogether(this.#deps, [answerWait(order, wait.wait, outcome)]);
      this.#found('TOKEN_WITHOUT_RECORD', wait, 'repaired');
      return true;
    }
    if (kind !== 'manual' && kind !== 'repair') return false;
    const ref = { order, suborder, step, run: record?.run ?? FIRST_RUN };
    const id = workItemId({ ...ref, kind: kind === 'manual' ? 'manual' : 'fallout' });
    const item = await readWorkItem(this.#deps, id);
    if (item && isLive(item.state)) return false;
    this.#found('TOKEN_WITHOUT_RECORD', wait, 'reported');
    return true;
  }

  /** A step that waits has a wait of its own, or one for its repair. */
  #step({ suborder, step, status, at }: StepRecord): void {
    if ((status !== 'waiting' && status !== 'fallout') || this.#isRecent(at)) return;
    const row = this.#records.suborders.find((known) => known.suborder === suborder);
    if (!row || row.ends || row.endedAt) return;
    const kinds = status === 'fallout' ? ['repair', 'hold'] : ['manual', 'event', 'timer', 'repair', 'hold'];
    const open = this.#waits.some(
      (wait) => wait.status === 'open' && kinds.some((kind) => wait.wait === waitId(suborder, step, kind)),
    );
    if (!open) this.#found('RECORD_WITHOUT_TOKEN', { suborder, step }, 'reported');
  }

  async #state(): Promise<void> {
    const { suborders, steps } = this.#records;
    const latest = [
      ...suborders.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
      ...steps.map(({ at }) => at),
    ];
    if (suborders.length === 0 || latest.some(this.#isRecent)) return;
    if (stateOf(suborders) === this.#header.state) return;
    await projectOrderState(this.#deps, this.#header.order);
    this.#found('STATE_DIFFERS', { suborder: MANAGEMENT }, 'repaired');
  }

  #stepOf(suborder: string, step: string): StepRecord | undefined {
    return this.#records.steps.find((record) => record.suborder === suborder && record.step === step);
  }

  /** Writes a wait as it is: who answers tokens then looks at it again. */
  async #touch({ order, wait }: VisibleWait): Promise<void> {
    await this.#deps.documents.send(
      new UpdateCommand({
        TableName: tableName('waits'),
        Key: { order, wait },
        UpdateExpression: 'SET #sweptAt = :now',
        ExpressionAttributeNames: { '#sweptAt': 'sweptAt' },
        ExpressionAttributeValues: { ':now': this.#deps.now().toISOString() },
      }),
    );
  }
}
