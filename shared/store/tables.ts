/** A secondary index; `project` lists the attributes copied beside the keys. */
export interface IndexDefinition {
  readonly partitionKey: string;
  readonly sortKey: string;
  readonly project: readonly string[];
}

export interface TableDefinition {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly indexes?: Readonly<Record<string, IndexDefinition>>;
  /** Whether changes are streamed to consumers (new and old images). */
  readonly stream?: boolean;
  /** Attribute with the epoch second after which a record may be removed. */
  readonly timeToLive?: string;
  /** Environment variable that holds the table's name in every function that uses it. */
  readonly environment: string;
}

/** What a list of bulk repairs shows, beside who made them. */
const LISTED_BULK_REPAIR = [
  'status',
  'filter',
  'resolution',
  'createdAt',
  'total',
  'done',
  'failed',
  'skipped',
  'remaining',
  'why',
] as const;

/** The tables, as the infrastructure builds them and the stores use them. All key attributes are strings. */
export const TABLES = {
  /** Orders as accepted, their state, and the idempotency records of the API; see `records.ts`. */
  orders: {
    partitionKey: 'pk',
    sortKey: 'sk',
    stream: true,
    timeToLive: 'expiresAt',
    environment: 'ORDERS_TABLE',
    indexes: {
      byDate: { partitionKey: 'list', sortKey: 'listKey', project: ['order'] },
      byState: { partitionKey: 'state', sortKey: 'listKey', project: ['order'] },
      byParty: { partitionKey: 'party', sortKey: 'listKey', project: ['order'] },
      byExternalId: { partitionKey: 'externalId', sortKey: 'listKey', project: ['order'] },
    },
  },
  /** Suborders and their steps; the order itself is suborder 00. */
  suborders: { partitionKey: 'order', sortKey: 'sk', stream: true, environment: 'SUBORDERS_TABLE' },
  /** Parked task tokens. Read and written only by the functions that park and resume. */
  waits: { partitionKey: 'order', sortKey: 'wait', stream: true, environment: 'WAITS_TABLE' },
  /** Manual steps and fallout, each waiting on a desk. */
  workItems: {
    partitionKey: 'workItem',
    environment: 'WORK_ITEMS_TABLE',
    indexes: {
      byDesk: {
        partitionKey: 'deskState',
        sortKey: 'dueKey',
        project: [
          'order',
          'suborder',
          'step',
          'title',
          'desk',
          'state',
          'dueAt',
          'priority',
          'claim',
          'kind',
          'openedAt',
        ],
      },
      /** Failed steps by desk, the oldest first. */
      byFallout: {
        partitionKey: 'falloutDesk',
        sortKey: 'falloutKey',
        project: ['order', 'suborder', 'step', 'desk', 'flow', 'failure', 'claim'],
      },
    },
  },
  /** Repairs of many work items, each with its frozen list. */
  bulkRepairs: {
    partitionKey: 'bulkRepair',
    sortKey: 'entry',
    environment: 'BULK_REPAIRS_TABLE',
    indexes: {
      byDate: { partitionKey: 'list', sortKey: 'listKey', project: [...LISTED_BULK_REPAIR, 'by'] },
      byMaker: { partitionKey: 'by', sortKey: 'listKey', project: LISTED_BULK_REPAIR },
    },
  },
  /** Events from outside by correlation key, and the wait that the key belongs to. */
  inbox: {
    partitionKey: 'correlationKey',
    sortKey: 'sk',
    timeToLive: 'expiresAt',
    environment: 'INBOX_TABLE',
    /** Events that no wait has taken yet, the oldest first. */
    indexes: { unmatched: { partitionKey: 'unmatched', sortKey: 'receivedAt', project: ['type'] } },
  },
  /** What people and rules did to orders, and why: written once, never changed. */
  history: { partitionKey: 'subject', sortKey: 'entry', environment: 'HISTORY_TABLE' },
  /** What may belong to one live suborder only: serial numbers and MAC addresses. */
  bindings: { partitionKey: 'binding', environment: 'BINDINGS_TABLE' },
} as const satisfies Record<string, TableDefinition>;

export type TableId = keyof typeof TABLES;
