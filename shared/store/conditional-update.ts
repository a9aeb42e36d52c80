import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';

/** Updates a record when its condition holds. @returns whether it did */
export async function updateUnlessRefused(
  { documents }: { readonly documents: DynamoDBDocumentClient },
  update: UpdateCommandInput,
): Promise<boolean> {
  try {
    await documents.send(new UpdateCommand(update));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
