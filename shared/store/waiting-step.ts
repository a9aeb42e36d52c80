import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import { tableName } from './client.ts';
import { waitSchema } from './records.ts';

const waitingStepSchema = waitSchema.pick({
  suborder: true,
  step: true,
  completion: true,
  correlationKey: true,
  dueAt: true,
});

/** Which step a wait belongs to, what its completion does, and what it waits for. */
export type WaitingStep = z.output<typeof waitingStepSchema>;

/** Reads which step a wait belongs to, and not the wait's token: whoever completes steps never sees one. */
export async function readWaitingStep(
  { documents }: Pick<Dependencies, 'documents'>,
  order: string,
  wait: string,
): Promise<WaitingStep | undefined> {
  const { Item } = await documents.send(
    new GetCommand({
      TableName: tableName('waits'),
      Key: { order, wait },
      ProjectionExpression: '#suborder, #step, #completion, #correlationKey, #dueAt',
      ExpressionAttributeNames: {
        '#suborder': 'suborder',
        '#step': 'step',
        '#completion': 'completion',
        '#correlationKey': 'correlationKey',
        '#dueAt': 'dueAt',
      },
      ConsistentRead: true,
    }),
  );
  return Item && waitingStepSchema.parse(Item);
}
