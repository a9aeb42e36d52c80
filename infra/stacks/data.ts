import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { TABLES, type TableId } from '#shared/store/tables.ts';
import { RecordTable } from '../constructs/record-table.ts';

/** Stateful: the tables. */
export class DataStack extends Stack {
  readonly tables: Readonly<Record<TableId, RecordTable>>;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, { ...props, description: 'Milepost: tables', terminationProtection: true });
    this.tables = {
      orders: new RecordTable(this, 'Orders', TABLES.orders),
      suborders: new RecordTable(this, 'Suborders', TABLES.suborders),
      waits: new RecordTable(this, 'Waits', TABLES.waits),
      workItems: new RecordTable(this, 'WorkItems', TABLES.workItems),
      inbox: new RecordTable(this, 'Inbox', TABLES.inbox),
      bulkRepairs: new RecordTable(this, 'BulkRepairs', TABLES.bulkRepairs),
      history: new RecordTable(this, 'History', TABLES.history),
      bindings: new RecordTable(this, 'Bindings', TABLES.bindings),
    };
  }
}
