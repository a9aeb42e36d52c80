import {
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Outcome } from '#shared/store/records.ts';

/**
 * Gives the state that waits for a token its result or its error.
 * @returns `closed` when nobody waits for it any more: it was answered, or gave up, before
 */
export async function answerToken(
  stepFunctions: Pick<SFNClient, 'send'>,
  taskToken: string,
  outcome: Outcome,
): Promise<'resumed' | 'closed'> {
  try {
    if ('error' in outcome)
      await stepFunctions.send(
        new SendTaskFailureCommand({ taskToken, error: outcome.error, cause: outcome.cause }),
      );
    else
      await stepFunctions.send(
        new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(outcome.result) }),
      );
    return 'resumed';
  } catch (error) {
    if (error instanceof TaskTimedOut || error instanceof InvalidToken || error instanceof TaskDoesNotExist)
      return 'closed';
    throw error;
  }
}
