import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '#shared/store/client.ts';

/** What the step runtime needs from outside. */
export interface Dependencies {
  readonly documents: DynamoDBDocumentClient;
  readonly now: () => Date;
}

/** Dependencies of a deployed function. */
export const defaultDependencies = (): Dependencies => ({
  documents: documentClient(),
  now: () => new Date(),
});
