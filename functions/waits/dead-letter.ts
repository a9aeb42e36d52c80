import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { answerToken } from '#shared/clients/task-tokens.ts';
import { queueHandler } from '../queue.ts';

const messageSchema = z.looseObject({ taskToken: z.string().optional() });

interface Clients {
  readonly stepFunctions: Pick<SFNClient, 'send'>;
  readonly queues: Pick<SQSClient, 'send'>;
}

/**
 * A message that no consumer could handle would leave its execution asleep for as long as a token lives. So its step
 * fails at once (and goes to repair like any other), and the message, without its token, is kept for people on the
 * queue `DEAD_LETTERS_QUEUE_URL`, which has an alarm.
 */
export const failDeadLetter =
  ({ stepFunctions, queues }: Clients, queueUrl: string) =>
  async (body: unknown): Promise<void> => {
    const { taskToken, ...message } = messageSchema.parse(body);
    if (taskToken)
      await answerToken(stepFunctions, taskToken, {
        error: 'DeadLetter',
        cause: 'The message of this step could not be handled',
      });
    await queues.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) }));
  };

const clients: Clients = { stepFunctions: new SFNClient(), queues: new SQSClient() };

export const handler = queueHandler((body) => {
  const queueUrl = process.env.DEAD_LETTERS_QUEUE_URL;
  if (!queueUrl) throw new Error('The environment variable DEAD_LETTERS_QUEUE_URL is not set');
  return failDeadLetter(clients, queueUrl)(body);
});
