import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { TechnicalError } from '#shared/domain/errors.ts';
import type { TransactItem } from './completion.ts';
import type { Dependencies } from './dependencies.ts';

/** DynamoDB allows no more writes in one transaction. */
export const TRANSACTION_LIMIT = 100;

/**
 * Writes all items or none.
 * @returns undefined when it was written; otherwise the indexes of the items whose condition did not hold
 * @throws TechnicalError `Conflict` when it only collided with another transaction, so that a retry helps
 */
export async function writeTogether(
  { documents }: Pick<Dependencies, 'documents'>,
  items: readonly TransactItem[],
): Promise<readonly number[] | undefined> {
  try {
    await documents.send(new TransactWriteCommand({ TransactItems: [...items] }));
    return undefined;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
    const refused = codes.flatMap((code, index) => (code === 'ConditionalCheckFailed' ? [index] : []));
    if (refused.length > 0) return refused;
    throw new TechnicalError(
      'Conflict',
      `Transaction cancelled: ${codes.filter((code) => code !== 'None').join()}`,
      {
        cause: error,
      },
    );
  }
}
