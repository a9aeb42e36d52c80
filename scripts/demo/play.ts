import type { MeterReading } from '#local/admin/admin-model.ts';
import { DESK_IDS } from '#shared/domain/desks.ts';
import { isTerminal } from '#shared/domain/states.ts';
import type { Api, Order } from '../api.ts';
import { type Bill, type BillParts, billOf, partsOf } from '../bill.ts';
import type { Platform } from '../platform.ts';
import { World } from './world.ts';

/** What an onlooker is shown each time that something may have changed. */
export interface Frame {
  /** Epoch milliseconds, by the cloud's clock. */
  readonly now: number;
  readonly order: Order;
  /** What people and the outside have done so far. */
  readonly deeds: readonly Happening[];
}

export interface Happening {
  readonly at: number;
  readonly title: string;
}

/** How an order came to its end. */
export interface Played extends Frame {
  readonly bill: Bill;
  /** The same, apart by suborder. */
  readonly parts: BillParts;
  /** Empty when the order has ended; else what it waits for. */
  readonly stuck: readonly string[];
}

/** An order that has not ended by then does not end. */
const LONGEST = 60 * 24 * 3600 * 1000;
/** So often the clock may go on without anything to be seen. */
const PATIENCE = 300;

/**
 * Submits an order and plays the world around it until it has ended, on a manual clock that goes from one thing that
 * is due to the next.
 */
export async function play(
  platform: Platform,
  api: Api,
  document: unknown,
  show: (frame: Frame) => Promise<void> = async () => {},
): Promise<Played> {
  const { cloud, simulator } = platform;
  await cloud.idle();
  await cloud.resetMeter();
  const watcher = new Watcher(platform);
  const { id } = await api.submit(document);
  const world = new World(api, simulator, id);
  const deeds: Happening[] = [];
  const until = (await cloud.now()) + LONGEST;
  for (let quiet = 0, before = ''; ; quiet++) {
    const order = await watcher.watch(() => api.order(id));
    const now = await cloud.now();
    await show({ now, order, deeds: [...deeds] });
    const state = progressOf(order, deeds);
    if (state !== before) quiet = 0;
    before = state;
    await watcher.watch(() => world.observe());
    const due = Math.min(world.next() ?? until, (await cloud.nextDue()) ?? until);
    const ended = isTerminal(order.state);
    if (ended || due >= until || quiet > PATIENCE) {
      const { total, traces } = await cloud.meter();
      const bill = billOf(total, watcher.used);
      const parts = partsOf(order.id, traces, watcher.roots);
      return { now, order, deeds, bill, parts, stuck: ended ? [] : await whatIsStuck(api, order) };
    }
    await platform.advanceTo(Math.max(due, now));
    for (let deed = world.take(due); deed; deed = world.take(due)) {
      deeds.push({ at: deed.at, title: deed.title });
      await deed.perform();
    }
  }
}

const progressOf = ({ state, productOrderItem, productOrderMilestone }: Order, deeds: readonly Happening[]) =>
  JSON.stringify([
    state,
    productOrderItem.map((item) => [item.state, item.progress]),
    productOrderMilestone,
    deeds.length,
  ]);

/** Keeps apart what is used only to look on, which is no part of an order's bill. */
class Watcher {
  used: MeterReading['total'] = [];
  readonly roots = new Set<string>();
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async watch<T>(look: () => Promise<T>): Promise<T> {
    const { cloud } = this.#platform;
    await cloud.idle();
    const before = await cloud.meter();
    const seen = await look();
    await cloud.idle();
    const after = await cloud.meter();
    const negative = before.total.map((use) => ({ ...use, quantity: -use.quantity }));
    this.used = [...this.used, ...after.total, ...negative];
    const known = new Set(before.traces.map(({ root }) => root));
    for (const { root } of after.traces) if (!known.has(root)) this.roots.add(root);
    return seen;
  }
}

async function whatIsStuck(api: Api, order: Order): Promise<string[]> {
  const desks = await Promise.all(DESK_IDS.map((desk) => api.workItems(desk)));
  const items = await Promise.all(
    desks
      .flat()
      .filter((item) => item.order === order.id)
      .map(({ id }) => api.workItem(id)),
  );
  return [
    ...order.productOrderItem
      .filter(({ state }) => !isTerminal(state))
      .map(({ id, state, productOffering }) => `Item ${id} (${productOffering?.name}) is ${state}`),
    ...items.map(
      ({ desk, suborder, title, failure }) =>
        `Desk ${desk}, suborder ${suborder}: ${title}${failure ? ` (${failure.error}: ${failure.cause})` : ''}`,
    ),
  ];
}
