import * as z from 'zod';
import type { CallSystem, SystemCall } from '#shared/clients/underlying-system.ts';
import type { FailurePolicy } from '#shared/domain/failure-policy.ts';
import type { StepDependencies, StepEvent } from '#shared/steps/run-step.ts';
import type { StepRecord, Suborder, Wait } from '#shared/store/records.ts';
import { fallout, type SystemTask } from '#shared/tasks/task.ts';
import { FakeDynamoDb } from './fake-dynamodb.ts';

export const ORDER = '4M6T0R2K9C';
export const NOW = '2026-03-02T08:00:00.000Z';

/** Table, clock and underlying systems of a test. */
export class World {
  readonly db = new FakeDynamoDb();
  readonly calls: SystemCall[] = [];
  /** What the underlying systems answer. */
  answer: (
    call: SystemCall,
  ) => Readonly<Record<string, unknown>> | Promise<Readonly<Record<string, unknown>>> = () => ({});
  time = Date.parse(NOW);

  constructor() {
    this.db.seed('orders', {
      pk: `ORDER#${ORDER}`,
      sk: 'DOCUMENT',
      document: JSON.stringify({
        orderDate: '2026-03-01T10:00:00.000Z',
        requestedCompletionDate: '2026-03-20T10:00:00.000Z',
        relatedParty: [{ id: 'C-77', role: 'customer', name: 'Jane Doe', '@referredType': 'Individual' }],
        place: [{ id: 'A-1', role: 'installationAddress', '@type': 'GeographicAddressRef' }],
        productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'STB-RENT' } }],
      }),
    });
    this.db.seed('orders', header({ state: 'acknowledged' }));
  }

  /** What the order says about items that cannot be delivered. */
  policy(itemFailurePolicy: FailurePolicy): void {
    const key = { pk: `ORDER#${ORDER}`, sk: 'DOCUMENT' };
    const { document } = z.object({ document: z.string() }).parse(this.db.read('orders', key));
    this.db.seed('orders', {
      ...key,
      document: JSON.stringify({ ...JSON.parse(document), itemFailurePolicy }),
    });
  }

  readonly #callSystem: CallSystem = async (call) => {
    this.calls.push(call);
    return this.answer(call);
  };

  get deps(): StepDependencies {
    return { documents: this.db.documents, now: () => new Date(this.time), callSystem: this.#callSystem };
  }

  /** Keeps suborders as planning leaves them. */
  plan(...suborders: readonly Suborder[]): void {
    for (const suborder of suborders) this.db.seed('suborders', { ...suborder });
  }

  suborder(number = '04'): Record<string, unknown> | undefined {
    return this.db.read('suborders', { order: ORDER, sk: `SUBORDER#${number}` });
  }

  step(step: string, number = '04'): Record<string, unknown> | undefined {
    return this.db.read('suborders', { order: ORDER, sk: `STEP#${number}#${step}` });
  }

  wait(wait: string): Record<string, unknown> | undefined {
    return this.db.read('waits', { order: ORDER, wait });
  }

  header(): Record<string, unknown> | undefined {
    return this.db.read('orders', { pk: `ORDER#${ORDER}`, sk: 'HEADER' });
  }
}

/** The header of the order. */
export const header = (more: Record<string, unknown> = {}) => ({
  pk: `ORDER#${ORDER}`,
  sk: 'HEADER',
  order: ORDER,
  state: 'inProgress',
  orderDate: '2026-03-01T10:00:00.000Z',
  list: 'orders',
  listKey: `2026-03-01T10:00:00.000Z#${ORDER}`,
  version: 1,
  ...more,
});

/** A suborder as planning leaves it. */
export const suborder = (number = '04', more: Partial<Suborder> = {}): Suborder => ({
  order: ORDER,
  sk: `SUBORDER#${number}`,
  suborder: number,
  item: number,
  flow: 'set-top-box.create',
  state: 'inProgress',
  flags: {},
  facts: {},
  milestones: {},
  opens: {},
  siblings: {},
  steps: 5,
  done: 0,
  startedAt: NOW,
  ...more,
});

/** The record of a step that is done. */
export const doneStep = (step: string, more: Partial<StepRecord> = {}): StepRecord => {
  const { suborder: number = '04' } = more;
  return {
    order: ORDER,
    sk: `STEP#${number}#${step}`,
    suborder: number,
    step,
    task: 'stock.reserve',
    status: 'done',
    run: 1,
    outputs: {},
    at: '2026-03-02T07:00:00.000Z',
    ...more,
  };
};

/** A wait as planning leaves it. */
export const plannedWait = (wait: string, more: Partial<Wait> = {}): Wait => {
  const [number = '', step = '', kind = ''] = wait.split('#');
  return {
    order: ORDER,
    wait,
    suborder: number,
    step,
    kind: z.enum(['gate', 'manual', 'event', 'timer', 'repair', 'undo', 'start']).parse(kind),
    reason: 'for the test',
    status: 'planned',
    ...more,
  };
};

/** A system task of the tests: it needs a sku and finds a reservation. */
export const reserveTask = {
  name: 'stock.reserve',
  title: 'Reserve from stock',
  kind: 'system',
  lane: 'logistics',
  system: 'warehouse',
  input: z.object({ sku: z.string(), quantity: z.int().positive().default(1), site: z.string().optional() }),
  output: z.object({
    reservationId: z.string(),
    confirmedDate: z.string().optional(),
    upFront: z.boolean().optional(),
  }),
  rejections: { OUT_OF_STOCK: fallout('LOGISTICS_BACKORDER') },
  sets: ['upFront'],
  retry: 'standard',
  falloutDesk: 'LOGISTICS_BACKORDER',
  expected: 'PT2S',
  timeLimit: 'PT1M',
  undo: 'none',
} as const satisfies SystemTask;

/** What the state of a flow hands to the step. */
export const stepEvent = (more: Partial<StepEvent> = {}): StepEvent => ({
  order: ORDER,
  suborder: '04',
  step: 'reserve',
  task: 'stock.reserve',
  ...more,
});
