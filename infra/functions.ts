import type { SystemId } from '#shared/domain/systems.ts';
import { CANCELLATION } from '#shared/store/records.ts';
import type { TableId } from '#shared/store/tables.ts';
import { ALL_TASKS, ALL_UNDO_TASKS } from '#shared/tasks/registry.ts';
import type { SystemTask, UndoTask } from '#shared/tasks/task.ts';
import { DESK_QUEUES, type QueueId } from './queues.ts';

/** What of a table a function may do; conditional and transactional writes need the same actions. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'BatchWriteItem'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

export type Tables = Readonly<Partial<Record<TableId, readonly TableAction[]>>>;

/** Everything that a function may do beyond writing its log and its trace; its environment follows from it. */
export interface Permissions {
  readonly tables?: Tables;
  /** Tables whose indexes it may query as well. */
  readonly indexes?: readonly TableId[];
  /** The underlying system whose base URL and credential it may read. */
  readonly system?: SystemId;
  readonly sends?: readonly QueueId[];
  /** Queues from which it takes messages when it runs for another reason. */
  readonly takes?: readonly QueueId[];
  /** Which state machines it may start. */
  readonly starts?: 'order-management' | 'all-flows' | 'bulk-repair';
  /** Which answers to task tokens it may give. */
  readonly answers?: readonly ('Success' | 'Failure')[];
  /** Whether it may have itself woken at a time by the scheduler. */
  readonly wakesItself?: true;
  /** Whether it may look at the executions of all flows, and have failed ones go on. */
  readonly watches?: true;
  /** Whether it may put events on the product's bus. */
  readonly publishes?: true;
  /** Whether it may read the streams, and have their consumers handle once more what they gave up. */
  readonly handsOver?: true;
}

export type Scope =
  | 'orders:read'
  | 'orders:write'
  | 'orders:history'
  | 'work-items'
  | 'work-items:repair'
  | 'events:write'
  | 'operations';

const VERBS = ['GET', 'POST', 'PATCH'] as const;
type HttpVerb = (typeof VERBS)[number];

/** What invokes a function; those that only state machines invoke have no trigger. */
export type Trigger =
  | {
      readonly kind: 'stream';
      readonly table: TableId;
      /** Patterns of which one must match; without them every change comes. */
      readonly filters?: readonly object[];
      readonly batchSize: number;
    }
  | {
      readonly kind: 'queue';
      readonly queue: QueueId;
      readonly batchSize: number;
      /** Most invocations at a time (2 to 1000). */
      readonly maximumConcurrency?: number;
    }
  | {
      readonly kind: 'schedule';
      readonly everyMinutes: number;
    }
  | {
      readonly kind: 'http';
      readonly method: HttpVerb;
      readonly path: string;
      /** Any of them lets the caller in. */
      readonly scopes: readonly Scope[];
    };

/** The stacks that hold functions; those of tasks are divided by the underlying system that they call. */
export type FunctionGroup =
  | 'orders'
  | 'desks'
  | 'api'
  | 'correspondence'
  | 'tasks-customer'
  | 'tasks-network'
  | 'tasks-voice-mobile'
  | 'tasks-logistics'
  | 'tasks-field';

export interface FunctionDefinition {
  /** Unique; its name on AWS and the folder of its bundle follow from it. */
  readonly id: string;
  readonly purpose: string;
  /** Module that exports `handler`, from the root of the repository. */
  readonly entry: string;
  readonly group: FunctionGroup;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly may: Permissions;
  readonly triggers: readonly Trigger[];
}

/** A new system does not compile until it has a place here; moving one moves its functions to another stack. */
const GROUP_OF_SYSTEM = {
  'access-controller': 'tasks-network',
  aaa: 'tasks-network',
  'acs-mdm': 'tasks-network',
  activation: 'tasks-network',
  'address-qual': 'tasks-customer',
  agency: 'tasks-customer',
  assurance: 'tasks-network',
  billing: 'tasks-customer',
  carrier: 'tasks-logistics',
  contractor: 'tasks-field',
  'credit-bureau': 'tasks-customer',
  'hss-ocs': 'tasks-voice-mobile',
  identity: 'tasks-customer',
  ims: 'tasks-voice-mobile',
  inventory: 'tasks-customer',
  municipality: 'tasks-field',
  'network-owner': 'tasks-network',
  notify: 'correspondence',
  'number-pool': 'tasks-voice-mobile',
  'number-registry': 'tasks-voice-mobile',
  och: 'tasks-voice-mobile',
  'order-api': 'tasks-customer',
  payments: 'tasks-customer',
  'resource-inventory': 'tasks-network',
  'sim-inventory': 'tasks-voice-mobile',
  'tv-middleware': 'tasks-network',
  warehouse: 'tasks-logistics',
  wfm: 'tasks-field',
} as const satisfies Record<SystemId, FunctionGroup>;

/** Long enough for a call of an underlying system (20 s) and the writes around it. */
const TIMEOUT_SECONDS = 30;
/** The HTTP API gives up after 30 s; a person waits. */
const API_TIMEOUT_SECONDS = 15;
/** Functions of a flow mostly wait for others: twice the memory would cost twice as much and save nothing. */
const MEMORY = 256;
/** Of the API somebody waits for: a cold start takes half the time, and a warm call costs about the same. */
const API_MEMORY = 512;

const READ = ['GetItem', 'Query'] as const;
const WRITE = ['PutItem', 'UpdateItem'] as const;
/** What the step runtime does around every step: load the facts, record the step, open the gates of others. */
const STEP_TABLES = {
  orders: ['BatchGetItem'],
  suborders: [...READ, 'BatchGetItem', ...WRITE],
  waits: ['UpdateItem'],
} as const satisfies Tables;

/** A compensation finds the outputs of the step, and marks it as undone. */
const UNDO_TABLES = {
  orders: ['BatchGetItem'],
  suborders: ['BatchGetItem', 'Query', 'UpdateItem'],
} as const satisfies Tables;

/** Parking a token: the wait, and the step that waits. */
const PARK_TABLES = {
  orders: ['BatchGetItem'],
  suborders: ['GetItem', 'BatchGetItem', 'UpdateItem'],
  waits: ['GetItem', 'UpdateItem'],
} as const satisfies Tables;

/** What people and rules did is added, and never changed or removed. */
const TOLD = { history: ['PutItem'] } as const satisfies Tables;

/** Opening a work item parks the token that it completes, and shows the person what is known. */
const OPEN_TABLES = {
  ...PARK_TABLES,
  orders: ['GetItem', 'BatchGetItem'],
  suborders: [...READ, 'BatchGetItem', 'UpdateItem'],
  workItems: ['GetItem', ...WRITE],
  ...TOLD,
} as const satisfies Tables;

/** What completing a work item does: the step, its wait, and the labels of the units that were scanned. */
const COMPLETE_TABLES = {
  suborders: ['GetItem', ...WRITE],
  waits: ['UpdateItem'],
  workItems: ['GetItem', 'PutItem'],
  bindings: ['GetItem', 'PutItem', 'DeleteItem'],
  ...TOLD,
} as const satisfies Tables;

/** What suspends an order and resumes it: its suborders, and what they wait for. */
const HOLD_TABLES = {
  suborders: ['Query', 'UpdateItem'],
  waits: ['Query', 'UpdateItem'],
  history: ['PutItem'],
} as const satisfies Tables;

/** Having suborders end before their work is done: their state, what they wait for, and the request that asked for it. */
const CANCEL_TABLES = {
  orders: ['GetItem', 'Query', 'UpdateItem'],
  suborders: [...READ, ...WRITE],
  waits: ['Query', 'UpdateItem'],
  workItems: ['GetItem', 'UpdateItem'],
} as const satisfies Tables;

const INBOX = [...READ, ...WRITE] as const;

const handler = (
  id: string,
  group: FunctionGroup,
  purpose: string,
  may: Permissions,
  ...triggers: Trigger[]
): FunctionDefinition => ({
  id,
  purpose,
  entry: `functions/${id}.ts`,
  group,
  timeoutSeconds: TIMEOUT_SECONDS,
  memoryMegabytes: MEMORY,
  may,
  triggers,
});

/** A function behind routes of the HTTP API, each written as method, path and scopes. */
const route = (
  id: string,
  purpose: string,
  may: Permissions,
  request: `${HttpVerb} /${string}`,
  ...scopes: Scope[]
): FunctionDefinition => {
  const [method, path = ''] = request.split(' ');
  return {
    ...handler(id, 'api', purpose, may, {
      kind: 'http',
      method: VERBS.find((verb) => verb === method) ?? 'POST',
      path,
      scopes,
    }),
    timeoutSeconds: API_TIMEOUT_SECONDS,
    memoryMegabytes: API_MEMORY,
  };
};

/** One message at a time unless said otherwise: one that ends its function does not take others with it. */
const queue = (id: QueueId, batchSize = 1, maximumConcurrency?: number): Trigger => ({
  kind: 'queue',
  queue: id,
  batchSize,
  ...(maximumConcurrency && { maximumConcurrency }),
});

const stream = (table: TableId, batchSize: number, ...filters: object[]): Trigger => ({
  kind: 'stream',
  table,
  batchSize,
  ...(filters.length > 0 && { filters }),
});

const TMF622 = '/tmf-api/productOrderingManagement/v4/productOrder';
const TMF620 = '/tmf-api/productCatalogManagement/v4/productOffering';
const NEW_ORDER = { eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: ['HEADER'] } } } };
/** A step begins or ceases to wait for a person or the outside, fails, or its suborder is cancelled. */
const STEP = { sk: { S: [{ prefix: 'STEP#' }] } };
const WAITS = { status: { S: ['waiting', 'fallout'] } };
const CHANGES_OF_TIME = [
  { dynamodb: { Keys: STEP, NewImage: WAITS } },
  { dynamodb: { Keys: STEP, OldImage: WAITS } },
  { dynamodb: { Keys: { sk: { S: [{ prefix: 'SUBORDER#' }] } }, NewImage: { state: { S: ['cancelled'] } } } },
];
const TMF622_CANCEL = '/tmf-api/productOrderingManagement/v4/cancelProductOrder';
const NEW_CANCELLATION = {
  eventName: ['INSERT'],
  dynamodb: { Keys: { sk: { S: [{ prefix: CANCELLATION }] } } },
};
const WRITTEN = { eventName: ['INSERT', 'MODIFY'] };

const OWN_FUNCTIONS: readonly FunctionDefinition[] = [
  route(
    'product-orders/create',
    'TMF622: accepts an order',
    { tables: { orders: ['GetItem', 'PutItem'] } },
    `POST ${TMF622}`,
    'orders:write',
  ),
  route(
    'product-orders/get',
    'TMF622: shows one order',
    { tables: { orders: ['Query'], suborders: ['Query'] } },
    `GET ${TMF622}/{id}`,
    'orders:read',
  ),
  route(
    'product-orders/amend',
    'TMF622: changes an order that is under way',
    {
      tables: {
        orders: ['Query', 'GetItem', 'PutItem', 'UpdateItem'],
        suborders: ['Query', 'ConditionCheckItem', 'PutItem', 'UpdateItem'],
        waits: ['Query', 'PutItem', 'UpdateItem'],
        history: ['PutItem'],
      },
    },
    `PATCH ${TMF622}/{id}`,
    'orders:write',
  ),
  route(
    'product-orders/list',
    'TMF622: lists orders by date, state, party or external id',
    { tables: { orders: ['BatchGetItem'], suborders: ['Query'] }, indexes: ['orders'] },
    `GET ${TMF622}`,
    'orders:read',
  ),
  route(
    'product-orders/history',
    'Shows who did what to an order, when and why',
    { tables: { orders: READ, suborders: ['Query'], history: ['Query'] } },
    `GET ${TMF622}/{id}/history`,
    'orders:history',
  ),

  route(
    'product-offerings/list',
    'TMF620: lists what can be ordered, by id, name, product and state',
    {},
    `GET ${TMF620}`,
    'orders:read',
  ),
  route(
    'product-offerings/get',
    'TMF620: shows one offering, what can be chosen and which flow does it',
    {},
    `GET ${TMF620}/{id}`,
    'orders:read',
  ),

  route(
    'cancel-product-orders/create',
    'TMF622: accepts a request to cancel an order or items of it',
    { tables: { orders: ['Query', 'PutItem'] } },
    `POST ${TMF622_CANCEL}`,
    'orders:write',
  ),
  route(
    'cancel-product-orders/get',
    'TMF622: shows one request to cancel',
    { tables: { orders: ['GetItem'] } },
    `GET ${TMF622_CANCEL}/{id}`,
    'orders:read',
  ),
  route(
    'cancel-product-orders/list',
    'TMF622: lists requests to cancel by order and state',
    { tables: { orders: ['Query', 'BatchGetItem'] }, indexes: ['orders'] },
    `GET ${TMF622_CANCEL}`,
    'orders:read',
  ),
  handler(
    'cancel-product-orders/carry-out',
    'orders',
    'Cancels suborders as a request asks for, or refuses it',
    { tables: CANCEL_TABLES },
    queue('cancellations', 10),
  ),

  route(
    'product-orders/suspend',
    'Suspends an order: no step starts any more',
    { tables: HOLD_TABLES },
    `POST ${TMF622}/{id}/suspend`,
    'operations',
  ),
  route(
    'product-orders/resume',
    'Resumes a suspended order',
    { tables: HOLD_TABLES },
    `POST ${TMF622}/{id}/resume`,
    'operations',
  ),
  route(
    'incident-switches/list',
    'Shows the switches that are on',
    { tables: { orders: ['GetItem'] } },
    'GET /incident-switches',
    'operations',
  ),
  route(
    'incident-switches/history',
    'Tells who switched what on and off, when and why',
    { tables: { history: ['Query'] } },
    'GET /incident-switches/history',
    'operations',
  ),
  route(
    'incident-switches/on',
    'Parks what would begin of a flow, a task or an underlying system',
    { tables: { orders: ['UpdateItem'], history: ['PutItem'] } },
    'POST /incident-switches',
    'operations',
  ),
  route(
    'incident-switches/off',
    'Switches it off, and has what it held back let go on',
    { tables: { orders: ['UpdateItem'], history: ['PutItem'] }, sends: ['releases'] },
    'POST /incident-switches/{id}/off',
    'operations',
  ),
  handler(
    'incident-switches/release',
    'orders',
    'Lets go on what a switch held back, so many a second',
    {
      tables: { orders: ['GetItem'], waits: ['UpdateItem'], inbox: ['Query', 'DeleteItem'] },
      sends: ['releases'],
    },
    queue('releases', 1, 2),
  ),

  route(
    'product-orders/questions',
    'Shows what the customer is asked about an order',
    { tables: { suborders: ['Query'], waits: ['GetItem'], workItems: ['GetItem'] } },
    `GET ${TMF622}/{id}/question`,
    'orders:read',
  ),
  route(
    'product-orders/answer',
    'Takes in what the customer answers',
    {
      tables: {
        suborders: [...READ, ...WRITE],
        waits: ['GetItem', 'UpdateItem'],
        workItems: ['GetItem', 'PutItem'],
        inbox: INBOX,
        ...TOLD,
      },
    },
    `POST ${TMF622}/{id}/question/{question}/answer`,
    'orders:write',
  ),

  handler(
    'intake/enqueue',
    'orders',
    'Puts accepted orders, and requests to cancel them, on their queues',
    { sends: ['intake', 'cancellations'] },
    stream('orders', 100, NEW_ORDER, NEW_CANCELLATION),
  ),
  handler(
    'intake/start',
    'orders',
    'Starts order management, paced by its concurrency',
    { tables: { orders: ['Query'], suborders: ['PutItem'] }, starts: 'order-management' },
    queue('intake', 10, 10),
  ),
  handler('tasks/order.plan', 'orders', 'Divides an order into suborders with their gates', {
    tables: {
      ...STEP_TABLES,
      orders: ['GetItem', 'BatchGetItem'],
      suborders: [...READ, 'BatchGetItem', ...WRITE, 'BatchWriteItem'],
      waits: ['UpdateItem', 'BatchWriteItem'],
    },
  }),
  handler('tasks/order.start', 'orders', 'Starts all suborders of an order', {
    tables: {
      ...CANCEL_TABLES,
      orders: [...CANCEL_TABLES.orders, 'BatchGetItem'],
      suborders: [...CANCEL_TABLES.suborders, 'BatchGetItem'],
      waits: [...READ, 'UpdateItem'],
    },
    starts: 'all-flows',
  }),
  handler('tasks/order.close', 'orders', 'Ends an order by the states of its suborders', {
    tables: { ...STEP_TABLES, orders: ['GetItem', 'BatchGetItem', 'UpdateItem'] },
  }),
  handler('tasks/flow.start', 'orders', 'Places a follow-on order', {
    tables: { ...STEP_TABLES, orders: ['GetItem', 'BatchGetItem', 'PutItem'] },
  }),
  handler('tasks/collection.check-notice', 'orders', 'Checks that notice was given in time', {
    tables: STEP_TABLES,
  }),
  handler('tasks/return.check-withdrawal', 'orders', 'Checks that a withdrawal comes in time', {
    tables: STEP_TABLES,
  }),
  handler('tasks/np.check-window', 'orders', 'Checks the service window for many numbers', {
    tables: STEP_TABLES,
  }),
  handler('waits/park', 'orders', 'Parks the token of a gate, an event or a timer', {
    tables: { ...PARK_TABLES, suborders: [...READ, 'BatchGetItem', ...WRITE], inbox: INBOX },
  }),
  handler(
    'waits/resume',
    'orders',
    'Answers tokens: the only function that lets a flow go on',
    {
      tables: {
        orders: ['UpdateItem'],
        suborders: [...READ, ...WRITE],
        waits: [...READ, 'UpdateItem'],
        workItems: ['GetItem', 'PutItem', 'UpdateItem'],
        ...TOLD,
      },
      starts: 'all-flows',
      answers: ['Success', 'Failure'],
      wakesItself: true,
    },
    stream('waits', 25, WRITTEN),
  ),
  handler(
    'waits/dead-letter',
    'orders',
    'Fails the task of a message that nobody could take, and keeps the message',
    {
      answers: ['Failure'],
      sends: ['dead-letters'],
    },
    queue('undelivered'),
  ),
  handler(
    'repair/route',
    'orders',
    'Applies the rule of the task that failed: desk, ask, run again, flag or cancel',
    {
      tables: {
        ...OPEN_TABLES,
        bulkRepairs: ['UpdateItem'],
        orders: ['GetItem', 'BatchGetItem', 'UpdateItem'],
        suborders: [...READ, 'BatchGetItem', ...WRITE],
        inbox: ['PutItem'],
      },
    },
    queue('repair'),
  ),
  handler('undo/prepare', 'orders', 'Lists what a cancelled suborder must undo, the latest first', {
    tables: {
      orders: [...READ, 'UpdateItem'],
      suborders: [...READ, 'UpdateItem'],
      waits: ['Query', 'UpdateItem'],
      workItems: ['GetItem', 'UpdateItem'],
    },
  }),
  handler('undo/close', 'orders', 'Ends a cancelled suborder and tells those that wait for it', {
    tables: {
      orders: [...READ, 'UpdateItem'],
      suborders: [...READ, 'UpdateItem'],
      waits: ['Query', 'UpdateItem'],
      ...TOLD,
    },
  }),
  handler(
    'timing/assess',
    'orders',
    'Works out when an order will be complete, and how much it is at risk',
    {
      tables: { orders: ['GetItem', 'UpdateItem'], suborders: ['Query'], workItems: ['GetItem', 'PutItem'] },
      wakesItself: true,
    },
    stream('suborders', 25, ...CHANGES_OF_TIME),
  ),
  {
    ...handler(
      'sweeper/sweep',
      'orders',
      'Compares orders, waits and executions, puts right what it can and reports the rest',
      {
        tables: {
          orders: ['GetItem', ...WRITE],
          suborders: [...READ, ...WRITE],
          waits: ['Query', 'GetItem', 'UpdateItem'],
          workItems: ['GetItem', 'PutItem'],
          inbox: [...READ, 'UpdateItem'],
          history: ['PutItem'],
        },
        indexes: ['orders', 'inbox'],
        sends: ['intake'],
        starts: 'all-flows',
        watches: true,
        answers: ['Failure'],
      },
      { kind: 'schedule', everyMinutes: 5 },
    ),
    timeoutSeconds: 240,
  },
  {
    ...handler(
      'undelivered/redeliver',
      'orders',
      'Has delivered once more what was given up on its way, and tells what is in vain',
      {
        tables: { workItems: ['PutItem'], ...TOLD },
        takes: ['undelivered-events'],
        publishes: true,
        handsOver: true,
      },
      { kind: 'schedule', everyMinutes: 5 },
    ),
    timeoutSeconds: 240,
  },
  handler(
    'events/publish',
    'orders',
    'Puts what happened to orders and suborders on the bus',
    { publishes: true },
    stream('orders', 100, WRITTEN),
    stream('suborders', 100, WRITTEN),
  ),

  handler(
    'work-items/open',
    'desks',
    'Opens a work item for every message of a desk',
    {
      tables: OPEN_TABLES,
    },
    ...DESK_QUEUES.map((desk) => queue(desk)),
  ),
  route(
    'work-items/list',
    'Shows the work of a desk, the oldest due first',
    { tables: { workItems: [] }, indexes: ['workItems'] },
    'GET /desks/{desk}/work-items',
    'work-items',
  ),
  route(
    'work-items/get',
    'Shows one work item',
    { tables: { workItems: ['GetItem'] } },
    'GET /work-items/{id}',
    'work-items',
  ),
  route(
    'work-items/claim',
    'Gives a work item to the person who asks',
    { tables: { workItems: ['GetItem', 'PutItem'], ...TOLD } },
    'POST /work-items/{id}/claim',
    'work-items',
  ),
  route(
    'work-items/release',
    'Puts a claimed work item back on its desk',
    { tables: { workItems: ['GetItem', 'PutItem'], ...TOLD } },
    'POST /work-items/{id}/release',
    'work-items',
  ),
  route(
    'work-items/complete',
    'Completes a manual step with its form',
    { tables: COMPLETE_TABLES },
    'POST /work-items/{id}/complete',
    'work-items',
  ),
  route(
    'work-items/reject',
    'Rejects a manual step with a reason',
    { tables: { waits: ['UpdateItem'], workItems: ['GetItem', 'PutItem'], ...TOLD } },
    'POST /work-items/{id}/reject',
    'work-items',
  ),
  route(
    'work-items/resolve',
    'Decides a fallout: retry, correct, complete by hand, skip, cancel, ask the customer or reassign',
    { tables: { ...COMPLETE_TABLES, orders: ['UpdateItem'], suborders: [...READ, ...WRITE] } },
    'POST /work-items/{id}/resolve',
    'work-items',
    'work-items:repair',
  ),
  route(
    'bulk-repairs/create',
    'Makes a repair of many failed steps',
    { tables: { bulkRepairs: ['PutItem'] }, starts: 'bulk-repair' },
    'POST /bulk-repairs',
    'work-items:repair',
  ),
  route(
    'bulk-repairs/list',
    'Lists bulk repairs, the newest first',
    { tables: { bulkRepairs: [] }, indexes: ['bulkRepairs'] },
    'GET /bulk-repairs',
    'work-items:repair',
  ),
  route(
    'bulk-repairs/get',
    'Shows how far a bulk repair is',
    { tables: { bulkRepairs: ['GetItem'] } },
    'GET /bulk-repairs/{id}',
    'work-items:repair',
  ),
  route(
    'bulk-repairs/items',
    'Shows the list of a bulk repair',
    { tables: { bulkRepairs: ['GetItem', 'Query'] } },
    'GET /bulk-repairs/{id}/items',
    'work-items:repair',
  ),
  route(
    'bulk-repairs/change',
    'Starts, pauses or stops a bulk repair',
    { tables: { bulkRepairs: ['GetItem', 'UpdateItem'] }, starts: 'bulk-repair' },
    'POST /bulk-repairs/{id}/{change}',
    'work-items:repair',
  ),
  handler('bulk-repairs/advance', 'desks', 'Freezes the list of a bulk repair, and repairs a batch of it', {
    tables: {
      suborders: [...READ, ...WRITE],
      waits: ['UpdateItem'],
      workItems: ['GetItem', 'PutItem'],
      ...TOLD,
      bulkRepairs: [...READ, ...WRITE],
    },
    indexes: ['workItems'],
  }),
  route(
    'inbound-events/receive',
    'Stores an event from outside, then looks for the wait that it belongs to, or places the order that follows',
    {
      tables: {
        orders: ['GetItem', 'PutItem'],
        suborders: ['GetItem', ...WRITE],
        waits: ['GetItem', 'UpdateItem'],
        inbox: INBOX,
      },
    },
    'POST /events',
    'events:write',
  ),

  handler('correspondence/send', 'correspondence', 'Has the notification system tell the customer', {
    tables: { orders: ['GetItem'], suborders: ['Query'] },
    system: 'notify',
  }),
];

/** Tasks and compensations that call an underlying system: all the same but for the system. */
const connector = (
  { name, title }: SystemTask | UndoTask,
  system: SystemId,
  tables: Tables,
): FunctionDefinition =>
  handler(`tasks/${name}`, GROUP_OF_SYSTEM[system], `${title} (${system})`, { tables, system });

const own = new Set(OWN_FUNCTIONS.map(({ id }) => id));

/** @throws Error for a task of the product itself that nothing above describes */
function functionOf(task: SystemTask | UndoTask, tables: Tables): FunctionDefinition[] {
  if (own.has(`tasks/${task.name}`)) return [];
  if (task.system === 'milepost') throw new Error(`infra/functions.ts does not say what ${task.name} may do`);
  return [connector(task, task.system, tables)];
}

/** Every function of the product: what it is, what it may do and what invokes it. All else is derived from this list. */
export const FUNCTIONS: readonly FunctionDefinition[] = [
  ...OWN_FUNCTIONS,
  ...ALL_TASKS.flatMap((task) => (task.kind === 'system' ? functionOf(task, STEP_TABLES) : [])),
  ...ALL_UNDO_TASKS.flatMap((task) => (task.kind === 'system' ? functionOf(task, UNDO_TABLES) : [])),
];
