import { type Api, ApiError, ORDERS_PATH } from '../api.ts';
import type { Chance } from './chance.ts';
import { changedItem, type OrderDraft, randomItem } from './random-orders.ts';

const DAY = 24 * 3_600_000;

/** How often customers change their mind about an order, each time that it is looked at. */
const ODDS = { cancel: 0.004, cancelItem: 0.004, date: 0.006, change: 0.006, add: 0.004, remove: 0.003 };
/** How often operations stop an order, and let a stopped one go on. */
const HOLDS = { suspend: 0.004, resume: 0.3 };

/** What was asked for and accepted, by kind. */
export type Changes = Readonly<Record<'cancellations' | 'amendments' | 'suspensions', number>>;

/**
 * Customers who change their mind, and operations who stop an order for a while. Much of it comes too late, or cannot be
 * done with the order as it is: what the product refuses is no error.
 */
export class Customers {
  readonly #api: Api;
  readonly #chance: Chance;
  readonly #orders = new Map<string, OrderDraft>();
  readonly #suspended = new Set<string>();
  readonly #counts = { cancellations: 0, amendments: 0, suspensions: 0 };
  #serial = 5_000_000;

  constructor(api: Api, chance: Chance) {
    this.#api = api;
    this.#chance = chance;
  }

  get changes(): Changes {
    return { ...this.#counts };
  }

  /** Places an order. @throws ApiError when it is refused */
  async place(draft: OrderDraft): Promise<string> {
    const { id } = await this.#api.submit(draft);
    this.#orders.set(id, draft);
    return id;
  }

  /** An order has ended: nobody thinks of it any more. */
  forget(order: string): void {
    this.#orders.delete(order);
    this.#suspended.delete(order);
  }

  /** Changes some of these orders. @returns how much was done */
  async change(orders: Iterable<string>, now: number): Promise<number> {
    let done = 0;
    for (const order of orders) if (await this.#consider(order, now)) done += 1;
    return done;
  }

  async #consider(order: string, now: number): Promise<boolean> {
    const chance = this.#chance;
    if (this.#suspended.has(order)) return chance.hits(HOLDS.resume) && this.#resume(order);
    if (chance.hits(HOLDS.suspend)) return this.#suspend(order);
    if (chance.hits(ODDS.cancel)) return this.#cancel(order);
    if (chance.hits(ODDS.cancelItem)) return this.#cancel(order, ['1']);
    const draft = this.#orders.get(order);
    return draft !== undefined && this.#amend(order, draft, now);
  }

  async #amend(order: string, draft: OrderDraft, now: number): Promise<boolean> {
    const chance = this.#chance;
    const items = draft.productOrderItem;
    if (chance.hits(ODDS.date)) {
      const requestedCompletionDate = new Date(now + (2 + chance.below(40)) * DAY).toISOString();
      return this.#patch(order, { ...draft, requestedCompletionDate }, { requestedCompletionDate });
    }
    const changed = chance.hits(ODDS.change)
      ? items.map((item, index) => (index === 0 ? changedItem(chance, item) : item))
      : chance.hits(ODDS.add)
        ? [...items, randomItem(chance, String(items.length + 1), ++this.#serial, now)]
        : chance.hits(ODDS.remove)
          ? items.slice(0, -1)
          : undefined;
    if (changed === undefined || changed.length === 0) return false;
    return this.#patch(order, { ...draft, productOrderItem: changed }, { productOrderItem: changed });
  }

  async #patch(order: string, draft: OrderDraft, body: object): Promise<boolean> {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const path = `${ORDERS_PATH}/${order}`;
    const { status } = await this.#api.request({ role: 'channel', method: 'PATCH', path, body, headers });
    if (status >= 500) throw new ApiError(`PATCH ${path}`, status, body);
    if (status >= 400) return false;
    this.#orders.set(order, draft);
    this.#counts.amendments += 1;
    return true;
  }

  async #cancel(order: string, items?: readonly string[]): Promise<boolean> {
    try {
      await this.#api.cancel(order, items);
    } catch (error) {
      if (error instanceof ApiError && error.status < 500) return false;
      throw error;
    }
    this.#counts.cancellations += 1;
    return true;
  }

  async #suspend(order: string): Promise<boolean> {
    const isDone = await this.#hold(order, 'suspend', { reason: 'As the soak has it' });
    if (isDone) {
      this.#suspended.add(order);
      this.#counts.suspensions += 1;
    }
    return isDone;
  }

  async #resume(order: string): Promise<boolean> {
    this.#suspended.delete(order);
    return this.#hold(order, 'resume');
  }

  async #hold(order: string, action: string, body?: object): Promise<boolean> {
    const path = `${ORDERS_PATH}/${order}/${action}`;
    const { status } = await this.#api.request({
      ...{ role: 'ops', method: 'POST', path },
      ...(body && { body }),
    });
    if (status >= 500) throw new ApiError(`POST ${path}`, status, body);
    return status < 400;
  }
}
