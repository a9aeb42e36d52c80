import * as z from 'zod';
import type { Desk } from '#shared/domain/desks.ts';
import { ITEM_STATES } from '#shared/domain/states.ts';
import { TASK_STATES } from '#shared/domain/task-states.ts';
import type { Role } from './roles.ts';

const instant = z.iso.datetime({ offset: true });

/** How many of the planned steps are done. */
const progressSchema = z.object({ done: z.int(), steps: z.int() });

const itemSchema = z.looseObject({
  id: z.string(),
  action: z.string(),
  state: z.enum(ITEM_STATES),
  productOffering: z.looseObject({ id: z.string(), name: z.string().optional() }).optional(),
  progress: progressSchema.optional(),
});

const orderSchema = z.looseObject({
  id: z.string(),
  href: z.string(),
  state: z.enum(ITEM_STATES),
  orderDate: instant,
  completionDate: instant.optional(),
  expectedCompletionDate: instant.optional(),
  productOrderJeopardyAlert: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
  description: z.string().optional(),
  progress: progressSchema.optional(),
  productOrderItem: z.array(itemSchema),
  productOrderMilestone: z
    .array(
      z.looseObject({
        name: z.string(),
        milestoneDate: instant,
        productOrderItem: z.array(z.looseObject({ itemId: z.string() })).default([]),
      }),
    )
    .default([]),
});
/** An order as the TMF622 API shows it. */
export type Order = z.output<typeof orderSchema>;
export type OrderItem = Order['productOrderItem'][number];

const listedWorkItemSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  desk: z.string(),
  state: z.string(),
  order: z.string(),
  suborder: z.string(),
  step: z.string(),
  title: z.string(),
  openedAt: instant,
  dueAt: instant,
  priority: z.number().optional(),
});
/** A work item in a desk's list. */
export type ListedWorkItem = z.output<typeof listedWorkItemSchema>;

const workItemSchema = listedWorkItemSchema.extend({
  task: z.string(),
  context: z.record(z.string(), z.unknown()),
  failure: z.looseObject({ step: z.string(), error: z.string(), cause: z.string() }).optional(),
  form: z
    .array(
      z.looseObject({
        id: z.string(),
        type: z.string(),
        required: z.boolean(),
        pattern: z.string().optional(),
        example: z.string().optional(),
      }),
    )
    .optional(),
  inputs: z.array(z.looseObject({ id: z.string() })).optional(),
  rejections: z.array(z.string()).optional(),
  actions: z.array(z.string()).optional(),
});
/** A work item as the person sees it who opens it. */
export type WorkItem = z.output<typeof workItemSchema>;

const deskPageSchema = z.object({
  items: z.array(listedWorkItemSchema),
  nextCursor: z.string().optional(),
});
const historySchema = z.object({
  entries: z.array(
    z.looseObject({
      id: z.string(),
      at: instant,
      what: z.string(),
      by: z.string(),
      why: z.string().optional(),
      suborder: z.string().optional(),
      step: z.string().optional(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
  nextCursor: z.string().optional(),
});
/** A page of an order's history. */
export type History = z.output<typeof historySchema>;

const cancellationSchema = z.looseObject({
  id: z.string(),
  state: z.enum(TASK_STATES),
  productOrder: z.looseObject({ id: z.string() }),
  effectiveCancellationDate: instant.optional(),
  cancelledProductOrderItem: z.array(z.object({ id: z.string() })).default([]),
  cancellationCharge: z
    .array(z.looseObject({ productOrderItem: z.object({ id: z.string() }), step: z.string() }))
    .default([]),
  cancelProductOrderErrorMessage: z
    .array(
      z.looseObject({
        code: z.string(),
        message: z.string(),
        productOrderItem: z.array(z.object({ id: z.string() })).default([]),
      }),
    )
    .default([]),
});
/** A request to cancel an order, or items of it, as the TMF622 API shows it. */
export type Cancellation = z.output<typeof cancellationSchema>;
const bulkRepairSchema = z.looseObject({
  id: z.string(),
  status: z.string(),
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  skipped: z.int(),
  remaining: z.int(),
  counts: z.array(z.looseObject({ desk: z.string(), error: z.string(), count: z.int() })),
});
/** A bulk repair with its counters. */
export type BulkRepair = z.output<typeof bulkRepairSchema>;

const receivedSchema = z.object({ id: z.string(), status: z.string(), order: z.string().optional() });
/** What became of an event; `order` is the one that it began. */
export type Received = z.output<typeof receivedSchema>;

/** An event from outside; the rest of the CloudEvent is filled in. */
export interface OutsideEvent {
  readonly id: string;
  readonly type: string;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** An answer that was not a success. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(request: string, status: number, body: unknown) {
    super(`${request}: ${status} ${JSON.stringify(body)}`);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
  }
}

/** Any request to the APIs. */
export interface ApiRequest {
  readonly role: Role;
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export const ORDERS_PATH = '/tmf-api/productOrderingManagement/v4/productOrder';
export const CANCELLATIONS_PATH = '/tmf-api/productOrderingManagement/v4/cancelProductOrder';

/** The public APIs, each call with a token of the role that makes it. */
export class Api {
  readonly #url: string;
  readonly #token: (role: Role) => Promise<string>;

  constructor(url: string, token: (role: Role) => Promise<string>) {
    this.#url = url;
    this.#token = token;
  }

  /** Makes any request and answers whatever came back. */
  async request({ role, method = 'GET', path, body, headers }: ApiRequest): Promise<ApiAnswer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#token(role)}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : json(text) };
  }

  /** @throws ApiError when the order is refused */
  async submit(order: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Order> {
    const body = await this.#do({ role: 'channel', method: 'POST', path: ORDERS_PATH, body: order, headers });
    return orderSchema.parse(body);
  }

  async order(id: string): Promise<Order> {
    return orderSchema.parse(await this.#do({ role: 'channel', path: `${ORDERS_PATH}/${id}` }));
  }

  /** A page of what happened to an order; `query` such as `?suborder=04`. */
  async history(id: string, query = ''): Promise<History> {
    return historySchema.parse(await this.#do({ role: 'ops', path: `${ORDERS_PATH}/${id}/history${query}` }));
  }

  /** Asks for an order to be cancelled, or only for these items of it. @throws ApiError when that is refused at once */
  async cancel(order: string, items?: readonly string[]): Promise<Cancellation> {
    const body = {
      productOrder: { id: order },
      ...(items && { productOrderItem: items.map((id) => ({ id })) }),
    };
    return cancellationSchema.parse(
      await this.#do({ role: 'channel', method: 'POST', path: CANCELLATIONS_PATH, body }),
    );
  }

  async cancellation(id: string): Promise<Cancellation> {
    return cancellationSchema.parse(await this.#do({ role: 'channel', path: `${CANCELLATIONS_PATH}/${id}` }));
  }

  /** The open work of a desk, the oldest due first. */
  async workItems(desk: Desk): Promise<readonly ListedWorkItem[]> {
    const found: ListedWorkItem[] = [];
    for (let more: string | undefined = ''; more !== undefined; ) {
      const path = `/desks/${desk}/work-items?limit=100${more === '' ? '' : `&cursor=${more}`}`;
      const { items, nextCursor } = deskPageSchema.parse(await this.#do({ role: 'ops', path }));
      found.push(...items);
      more = nextCursor;
    }
    return found;
  }

  async workItem(id: string, role: Role = 'ops'): Promise<WorkItem> {
    return workItemSchema.parse(await this.#do({ role, path: `/work-items/${id}` }));
  }

  /** Does something with a work item: `claim`, `release`, `complete`, `reject` or `resolve`. */
  async act(id: string, action: string, body: unknown = {}, role: Role = 'ops'): Promise<WorkItem> {
    return workItemSchema.parse(
      await this.#do({ role, method: 'POST', path: `/work-items/${id}/${action}`, body }),
    );
  }

  /** Makes a bulk repair. */
  async repairAll(body: unknown): Promise<BulkRepair> {
    return bulkRepairSchema.parse(
      await this.#do({ role: 'ops', method: 'POST', path: '/bulk-repairs', body }),
    );
  }

  async bulkRepair(id: string): Promise<BulkRepair> {
    return bulkRepairSchema.parse(await this.#do({ role: 'ops', path: `/bulk-repairs/${id}` }));
  }

  /** Does something with a bulk repair: `start`, `pause` or `stop`. */
  async changeBulkRepair(id: string, change: string): Promise<BulkRepair> {
    return bulkRepairSchema.parse(
      await this.#do({ role: 'ops', method: 'POST', path: `/bulk-repairs/${id}/${change}` }),
    );
  }

  /** Sends an event; answers what became of it. */
  async send(event: OutsideEvent): Promise<string> {
    return (await this.receive(event)).status;
  }

  /** Sends an event from outside; answers what became of it, and the order that it began. */
  async receive(event: OutsideEvent): Promise<Received> {
    const body = await this.#do({
      role: 'system',
      method: 'POST',
      path: '/events',
      body: { specversion: '1.0', ...event },
      headers: { 'content-type': 'application/cloudevents+json' },
    });
    return receivedSchema.parse(body);
  }

  async #do(request: ApiRequest): Promise<unknown> {
    const { status, body } = await this.request(request);
    if (status >= 300) throw new ApiError(`${request.method ?? 'GET'} ${request.path}`, status, body);
    return body;
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
