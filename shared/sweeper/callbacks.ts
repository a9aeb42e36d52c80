import {
  GetExecutionHistoryCommand,
  type GetExecutionHistoryCommandOutput,
  type HistoryEvent,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { attemptKey, attemptSchema } from '#shared/steps/waits.ts';

/** What the product hands to whoever parks a token: see `CALLBACK` of the compiler. */
const handedSchema = z.object({ taskToken: z.string(), attempt: attemptSchema });
/** The parameters of a task that waits for its token: a function's payload, or the body of a message. */
const parametersSchema = z.union([
  z.object({ Payload: handedSchema }).transform(({ Payload }) => Payload),
  z.object({ MessageBody: handedSchema }).transform(({ MessageBody }) => MessageBody),
]);

/** A state that waits for the answer to its token. */
export interface Callback {
  readonly taskToken: string;
  /** By which the wait that has the token is known. */
  readonly attempt: string;
  readonly since: Date;
}

const ENDED: ReadonlySet<string> = new Set([
  'TaskSucceeded',
  'TaskFailed',
  'TaskTimedOut',
  'TaskSubmitFailed',
  'TaskStartFailed',
]);

/** The states of a running execution that wait for an answer, as its history tells. */
export async function openCallbacks(
  stepFunctions: Pick<SFNClient, 'send'>,
  executionArn: string,
): Promise<readonly Callback[]> {
  const scheduled = new Map<number, Callback | undefined>();
  const previous = new Map<number, number>();
  /** The event by which the task was scheduled that this one is about. */
  const scheduling = (event: number): number | undefined => {
    let at: number | undefined = event;
    while (at !== undefined && !scheduled.has(at)) at = previous.get(at);
    return at;
  };
  for await (const event of historyOf(stepFunctions, executionArn)) {
    const { id = 0, previousEventId, type = '' } = event;
    if (previousEventId !== undefined) previous.set(id, previousEventId);
    if (type === 'TaskScheduled') scheduled.set(id, callbackOf(event));
    // What was waited for before it was stopped is waited for anew.
    if (type === 'ExecutionRedriven') scheduled.clear();
    const ended = ENDED.has(type) ? scheduling(id) : undefined;
    if (ended !== undefined) scheduled.set(ended, undefined);
  }
  return [...scheduled.values()].filter((callback) => callback !== undefined);
}

async function* historyOf(
  stepFunctions: Pick<SFNClient, 'send'>,
  executionArn: string,
): AsyncGenerator<HistoryEvent> {
  let nextToken: string | undefined;
  do {
    const page: GetExecutionHistoryCommandOutput = await stepFunctions.send(
      new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, ...(nextToken && { nextToken }) }),
    );
    yield* page.events ?? [];
    nextToken = page.nextToken;
  } while (nextToken);
}

function callbackOf({ taskScheduledEventDetails: task, timestamp }: HistoryEvent): Callback | undefined {
  if (!task?.resource?.endsWith('.waitForTaskToken') || !task.parameters || !timestamp) return undefined;
  const handed = parametersSchema.safeParse(JSON.parse(task.parameters));
  if (!handed.success) return undefined;
  const { taskToken, attempt } = handed.data;
  return { taskToken, attempt: attemptKey(attempt), since: timestamp };
}
