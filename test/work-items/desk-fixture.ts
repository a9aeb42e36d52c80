import { GetCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { stepKey, suborderKey, waitId } from '#shared/steps/completion.ts';
import type { Dependencies } from '#shared/steps/dependencies.ts';
import type { Suborder, WorkItem } from '#shared/store/records.ts';
import type { Employee } from '#shared/work-items/employee.ts';
import { claim } from '#shared/work-items/lifecycle.ts';
import { changeWorkItem } from '#shared/work-items/load.ts';
import type { DeskMessage } from '#shared/work-items/message.ts';
import { startTables, type TestTables } from '#test/intake/tables.ts';

export const ORDER = '7XK2M9QD4T';
export const START = '2026-03-02T08:00:00.000Z';

/** Tables, a clock that tests move, and an order with a set-top box as suborder 04. */
export interface DeskFixture {
  readonly deps: Dependencies;
  readonly tables: TestTables;
  setTime(time: string): void;
  minutesPass(minutes: number): void;
  putOrder(order?: string): Promise<void>;
  putSuborder(row?: Partial<Suborder>): Promise<void>;
  record(order: string, suborder: string, step: string): Promise<Record<string, unknown> | undefined>;
  suborder(order: string, suborder: string): Promise<Record<string, unknown> | undefined>;
  wait(
    order: string,
    suborder: string,
    step: string,
    kind: string,
  ): Promise<Record<string, unknown> | undefined>;
  claim(workItem: string, employee: Employee): Promise<void>;
  bindings(): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export async function startDesk(): Promise<DeskFixture> {
  const tables = await startTables(
    'orders',
    'suborders',
    'waits',
    'workItems',
    'inbox',
    'bulkRepairs',
    'history',
    'bindings',
  );
  let now = new Date(START);
  const deps: Dependencies = { documents: tables.client, now: () => now };
  const get = async (TableName: string, Key: Record<string, string>) =>
    (await tables.client.send(new GetCommand({ TableName, Key, ConsistentRead: true }))).Item;
  return {
    deps,
    tables,
    setTime: (time) => {
      now = new Date(time);
    },
    minutesPass: (minutes) => {
      now = new Date(now.getTime() + minutes * 60_000);
    },
    putOrder: async (order = ORDER) => {
      const document = {
        orderDate: START,
        relatedParty: [{ id: 'C-1', role: 'customer', '@referredType': 'Customer' }],
        productOrderItem: [{ id: '4', action: 'add', productOffering: { id: 'set-top-box-4k' } }],
      };
      await tables.client.send(
        new PutCommand({
          TableName: 'orders',
          Item: { pk: `ORDER#${order}`, sk: 'DOCUMENT', document: JSON.stringify(document) },
        }),
      );
    },
    putSuborder: async (row = {}) => {
      await tables.client.send(new PutCommand({ TableName: 'suborders', Item: suborderRow(row) }));
    },
    record: (order, suborder, step) => get('suborders', stepKey(order, suborder, step)),
    suborder: (order, suborder) => get('suborders', suborderKey(order, suborder)),
    wait: (order, suborder, step, kind) => get('waits', { order, wait: waitId(suborder, step, kind) }),
    claim: async (workItem, employee) => {
      await changeWorkItem(deps, employee, workItem, { what: 'CLAIM' }, (item, at) =>
        claim(item, employee.sub, at),
      );
    },
    bindings: async () => (await tables.client.send(new ScanCommand({ TableName: 'bindings' }))).Items ?? [],
    stop: () => tables.stop(),
  };
}

export function suborderRow(row: Partial<Suborder> = {}): Suborder {
  const { order = ORDER, suborder = '04' } = row;
  return {
    ...suborderKey(order, suborder),
    suborder,
    item: '4',
    flow: 'set-top-box.create',
    state: 'inProgress',
    flags: {},
    facts: { sku: 'STB-4K-01' },
    milestones: {},
    opens: {},
    siblings: {},
    steps: 9,
    done: 2,
    ...row,
  };
}

export const pickMessage = (message: Partial<DeskMessage> = {}): DeskMessage => ({
  taskToken: 'secret-token-1',
  attempt: { enteredAt: START, retryCount: 0 },
  order: ORDER,
  suborder: '04',
  step: 'pick',
  task: 'logistics.pick-scan',
  title: 'Pick and scan',
  desk: 'LOGISTICS_PICK',
  kind: 'manual',
  timeLimitSeconds: 86_400,
  reaches: 'HW_SCANNED',
  ...message,
});

export const workItem = (item: Partial<WorkItem> = {}): WorkItem => ({
  workItem: '0123456789abcdef0123',
  kind: 'manual',
  desk: 'LOGISTICS_PICK',
  state: 'open',
  order: ORDER,
  suborder: '04',
  step: 'pick',
  task: 'logistics.pick-scan',
  title: 'Pick and scan',
  wait: '04#pick#manual',
  context: { sku: 'STB-4K-01' },
  completion: { reaches: 'HW_SCANNED' },
  openedAt: START,
  dueAt: '2026-03-02T12:00:00.000Z',
  deskState: 'LOGISTICS_PICK#open',
  dueKey: '9#2026-03-02T12:00:00.000Z#0123456789abcdef0123',
  version: 1,
  ...item,
});

export const ADA = { sub: 'ada', desks: ['LOGISTICS_PICK', 'LOGISTICS_BACKORDER'] };
export const BOB = { sub: 'bob', desks: ['LOGISTICS_PICK'] };
export const SUE = { sub: 'sue', desks: ['*'] };

export const SCANNED = { serialNumber: 'S4K000012345', macAddress: 'a1:b2:c3:d4:e5:f6', ok: true };
