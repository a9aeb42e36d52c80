import { DeleteScheduleCommand, paginateListSchedules, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  Api,
  type ApiAnswer,
  type ListedWorkItem,
  ORDERS_PATH,
  type Order,
  type OrderItem,
} from '#scripts/api.ts';
import { fillIn } from '#scripts/demo/world.ts';
import { readReferenceOrder } from '#scripts/example.ts';
import { BILLED_MS, DEMO_START, Platform } from '#scripts/platform.ts';
import type { Role } from '#scripts/roles.ts';
import type { Desk } from '#shared/domain/desks.ts';
import { durationSeconds, type IsoDuration } from '#shared/domain/duration.ts';
import type { Effect, ScriptInput, Simulator } from '#simulator/simulator.ts';

/** Where the platform keeps the timers of orders. */
const TIMERS = { GroupName: 'milepost-timers' };

/**
 * The platform as the flow tests of a worker share it, on a clock that only tests move. Orders of other tests may be
 * under way in it: look at an order by its number.
 */
export class Stage {
  readonly platform: Platform;
  readonly api: Api;
  readonly simulator: Simulator;

  private constructor(platform: Platform) {
    this.platform = platform;
    this.api = new Api(platform.url, (role) => platform.token(role));
    this.simulator = platform.simulator;
  }

  /**
   * The stage of this worker, which ends with the worker's process. What is under way by now has no timers any more:
   * orders that other tests have left would live through all the time that a test lets pass, each looked at every day.
   */
  static async open(): Promise<Stage> {
    shared ??= Platform.start({ clock: 'manual', start: DEMO_START, billedDurationMs: BILLED_MS });
    const stage = new Stage(await shared);
    stage.simulator.reset();
    await stage.dropTimers();
    return stage;
  }

  /**
   * Has the tests of a file begin on a platform on which nothing is under way: when they let months pass, what other
   * files have left would time out, come to desks, and time out there.
   */
  static async renew(): Promise<void> {
    const old = shared;
    shared = undefined;
    await (await old)?.stop();
  }

  /** Resolves when everything waits for people, the outside world or time. */
  async settle(): Promise<void> {
    await this.platform.cloud.idle();
  }

  /** Lets time pass, with all that falls due on the way. */
  async advance(duration: IsoDuration): Promise<void> {
    const now = await this.platform.cloud.now();
    await this.platform.advanceTo(now + durationSeconds(duration) * 1000);
  }

  /** Names of the timers that are set for an order, or for all. */
  async timers(order?: string): Promise<string[]> {
    const client = new SchedulerClient(this.platform.cloud.clientConfig);
    const names: string[] = [];
    for await (const { Schedules = [] } of paginateListSchedules(
      { client },
      { ...TIMERS, NamePrefix: order },
    ))
      names.push(...Schedules.map(({ Name = '' }) => Name));
    return names;
  }

  /** Has the timers of an order, or of all, never fire. */
  async dropTimers(order?: string): Promise<void> {
    const client = new SchedulerClient(this.platform.cloud.clientConfig);
    for (const Name of await this.timers(order))
      await client.send(new DeleteScheduleCommand({ ...TIMERS, Name }));
  }

  /** Submits an order and settles; the reference order when none is given. */
  async submit(document: unknown = readReferenceOrder()): Promise<string> {
    const { id } = await this.api.submit(document);
    await this.settle();
    return id;
  }

  async order(id: string): Promise<Order> {
    await this.settle();
    return this.api.order(id);
  }

  /** @throws when the order has no such item */
  async item(order: string, id: string): Promise<OrderItem> {
    const found = (await this.order(order)).productOrderItem.find((item) => item.id === id);
    if (!found) throw new Error(`${order} has no item ${id}`);
    return found;
  }

  /** Milestones of an item, or of the order itself. */
  async milestones(order: string, item?: string): Promise<string[]> {
    const { productOrderMilestone } = await this.order(order);
    return productOrderMilestone
      .filter(({ productOrderItem }) => productOrderItem[0]?.itemId === item)
      .map(({ name }) => name);
  }

  /** What an order has open on a desk. */
  async desk(desk: Desk, order: string): Promise<ListedWorkItem[]> {
    await this.settle();
    return (await this.api.workItems(desk)).filter((item) => item.order === order);
  }

  /** The one work item of a suborder on a desk. @throws when there is none, or more than one */
  async workItem(desk: Desk, order: string, suborder: string): Promise<ListedWorkItem> {
    const found = (await this.desk(desk, order)).filter((item) => item.suborder === suborder);
    const [item] = found;
    if (!item || found.length > 1)
      throw new Error(`${found.length} work items of ${order}-${suborder} at ${desk}`);
    return item;
  }

  /** Picks and scans the unit of a suborder, with made-up labels unless they are given. */
  async pick(order: string, suborder: string, labels: Readonly<Record<string, unknown>> = {}): Promise<void> {
    const { id } = await this.workItem('LOGISTICS_PICK', order, suborder);
    const { form } = await this.api.workItem(id, 'logistics');
    await this.act(id, 'complete', { ...fillIn(form), ...labels }, 'logistics');
  }

  /** Does something with a work item a minute from now, and settles. No person does two things in one instant. */
  async act(id: string, action: string, body?: unknown, role?: Role): Promise<void> {
    await this.advance('PT1M');
    await this.api.act(id, action, body, role);
    await this.settle();
  }

  /** Changes an order a minute from now, and settles. */
  async patch(order: string, body: unknown): Promise<ApiAnswer> {
    await this.advance('PT1M');
    const answer = await this.api.request({
      role: 'channel',
      method: 'PATCH',
      path: `${ORDERS_PATH}/${order}`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body,
    });
    await this.settle();
    return answer;
  }

  /** Reports the parcel of a suborder as delivered; answers what became of the event. */
  async deliver(order: string, suborder: string): Promise<string> {
    return this.report(order, `${suborder}.ship`, 'trackingId', 'delivery.delivered', {
      deliveredAt: new Date(await this.platform.cloud.now()).toISOString(),
    });
  }

  /** Reports the technician's visit of a suborder as done; answers what became of the event. */
  async visit(order: string, suborder: string): Promise<string> {
    return this.report(order, `${suborder}.dispatch`, 'workOrderId', 'visit.done', { note: 'All done' });
  }

  /** Sends an event about what a step's output names, as the outside knows it from the effect. */
  async report(
    order: string,
    step: string,
    output: string,
    what: string,
    data: Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const effect = this.effects(order).findLast((one) => one.step === step);
    if (!effect) throw new Error(`${order} had no effect of ${step}`);
    const subject = String(effect.outputs[output]);
    const status = await this.api.send({
      id: `${what}-${subject}`,
      source: '/outside',
      type: `milepost.${what}`,
      subject,
      time: new Date(await this.platform.cloud.now()).toISOString(),
      data,
    });
    await this.settle();
    return status;
  }

  /** What underlying systems did for an order, oldest first. */
  effects(order: string, operation?: string): readonly Effect[] {
    return this.simulator.ledger({ correlationId: order, operation });
  }

  /** Steps (`04.ship`) for which a system did this. */
  steps(order: string, operation: string): (string | undefined)[] {
    return this.effects(order, operation).map(({ step }) => step);
  }

  /** Messages that the customer got, each as `04.ship.HW_SHIPPED`, sorted. */
  messages(order: string): string[] {
    return this.effects(order, 'message.send')
      .map(({ step }) => `${step}`)
      .sort();
  }

  /** Scripts the answers of an underlying system. */
  script(match: ScriptInput['match'], ...answers: ScriptInput['answers']): void {
    this.simulator.script({ match, answers });
  }
}

let shared: Promise<Platform> | undefined;
