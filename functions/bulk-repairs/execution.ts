import { ExecutionAlreadyExists, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { BulkRepair } from '#shared/store/bulk-repairs.ts';

/** Starts the execution of a run, which is named after it: starting it twice is harmless. */
export async function startRun(
  stepFunctions: Pick<SFNClient, 'send'>,
  { bulkRepair, run }: Pick<BulkRepair, 'bulkRepair' | 'run'>,
): Promise<void> {
  const stateMachineArn = process.env.BULK_REPAIR_ARN;
  if (!stateMachineArn) throw new Error('The environment variable BULK_REPAIR_ARN is not set');
  try {
    await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn,
        name: `${bulkRepair}-${run}`,
        input: JSON.stringify({ bulkRepair, run }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
}
