import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { TableDefinition } from '#shared/store/tables.ts';

const text = (name: string) => ({ name, type: AttributeType.STRING });

/**
 * A table that nobody deletes by accident and that can be taken back to any second of the last 35 days.
 *
 * It is encrypted under the account's `aws/dynamodb` key: its use is visible in CloudTrail, it costs nothing a month
 * and next to nothing per request (DynamoDB keeps the table key for five minutes per caller), and nobody can
 * delete it and the data with it, as a key of one's own.
 */
export class RecordTable extends Table {
  constructor(scope: Construct, id: string, definition: TableDefinition) {
    super(scope, id, {
      partitionKey: text(definition.partitionKey),
      ...(definition.sortKey && { sortKey: text(definition.sortKey) }),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(definition.timeToLive && { timeToLiveAttribute: definition.timeToLive }),
      ...(definition.stream && { stream: StreamViewType.NEW_AND_OLD_IMAGES }),
    });
    for (const [indexName, { partitionKey, sortKey, project }] of Object.entries(definition.indexes ?? {}))
      this.addGlobalSecondaryIndex({
        indexName,
        partitionKey: text(partitionKey),
        sortKey: text(sortKey),
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...project],
      });
  }
}
