import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { TableId } from '#shared/store/tables.ts';
import type { QueueId } from './queues.ts';

/** What holds data and outlives every deployment of the code: the stateless stacks are given it. */
export interface Platform {
  readonly tables: Readonly<Record<TableId, Table>>;
  queue(id: QueueId): IQueue;
  readonly bus: EventBus;
  /** What the scheduler wakes a wait as. */
  readonly timerRole: IRole;
}
