import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** For a write that may be refused. @returns whether its condition held */
export async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
