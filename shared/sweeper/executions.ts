import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { NotFound } from '#shared/domain/errors.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { executionName, flowArn } from '#shared/steps/start-suborder.ts';
import type { Suborder } from '#shared/store/records.ts';
import { getSuborder } from '#shared/store/suborders.ts';
import type { Finding } from './findings.ts';

interface Watching {
  readonly stepFunctions: Pick<SFNClient, 'send'>;
}

export type WorkRef = Pick<Suborder, 'order' | 'suborder' | 'flow' | 'restarts'>;

/** ARN of the execution that does some work. */
export const executionArn = (work: WorkRef): string =>
  `${flowArn(work.flow).replace(':stateMachine:', ':execution:')}:${executionName(work)}`;

/** How the execution of some work is: `none` when there is none. */
export async function executionStatus({ stepFunctions }: Watching, work: WorkRef): Promise<string> {
  try {
    const answer = await stepFunctions.send(
      new DescribeExecutionCommand({ executionArn: executionArn(work) }),
    );
    return answer.status ?? 'none';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return 'none';
    throw error;
  }
}

/** Has an execution that failed go on from the state in which it did; steps that are done are skipped. @returns whether it does */
export async function redrive({ stepFunctions }: Watching, work: WorkRef): Promise<boolean> {
  try {
    await stepFunctions.send(new RedriveExecutionCommand({ executionArn: executionArn(work) }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionNotRedrivable') return false;
    throw error;
  }
}

const PER_PAGE = 50;

/**
 * Looks at a page of the running executions of a flow: each has a suborder that has not ended.
 * @returns where the next page begins; undefined after the last one
 */
export async function sweepExecutions(
  deps: Watching & Dependencies,
  flow: string,
  nextToken: string | undefined,
  before: Date,
): Promise<{ findings: Finding[]; nextToken: string | undefined }> {
  const page = await deps.stepFunctions.send(
    new ListExecutionsCommand({
      stateMachineArn: flowArn(flow),
      statusFilter: 'RUNNING',
      maxResults: PER_PAGE,
      ...(nextToken && { nextToken }),
    }),
  );
  const findings: Finding[] = [];
  for (const { name = '', startDate } of page.executions ?? []) {
    if (startDate && startDate > before) continue;
    const [order = '', suborder = MANAGEMENT] = name.split('-');
    if (await isOver(deps, order, suborder, before))
      findings.push({ kind: 'EXECUTION_WITHOUT_ORDER', order, suborder, action: 'reported' });
  }
  return { findings, nextToken: page.nextToken };
}

async function isOver(deps: Dependencies, order: string, suborder: string, before: Date): Promise<boolean> {
  try {
    const { endedAt } = await getSuborder(deps, order, suborder);
    return endedAt !== undefined && new Date(endedAt) < before;
  } catch (error) {
    if (error instanceof NotFound) return true;
    throw error;
  }
}
