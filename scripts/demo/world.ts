import { isWorkingDay } from '#shared/domain/calendar.ts';
import type { Simulator } from '#simulator/simulator.ts';
import type { Api, ListedWorkItem, WorkItem } from '../api.ts';

/** Something that a person or somebody outside is going to do. */
export interface Deed {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Who does what, for the onlooker. */
  readonly title: string;
  perform(): Promise<void>;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** How long a picker takes to get round to an item. */
const UNTIL_PICKED = 40 * MINUTE;
/** Hours (UTC) in which the warehouse works, every day. */
const WAREHOUSE_HOURS = { from: 6, to: 21 };
/** How long before the end of the booked time a technician sets out, and is done. */
const ON_THE_WAY = 2 * 60 * MINUTE;
const EARLY = 15 * MINUTE;
/** When (UTC) the parcel van comes, on working days. */
const DELIVERY_HOUR = 11;

/**
 * Plays the people and the outside world for one order: warehouse, carrier, technician. They know what they would know:
 * the picker what the desk shows, the carrier its tracking id, the technician the work order.
 */
export class World {
  readonly #api: Api;
  readonly #simulator: Simulator;
  readonly #order: string;
  /** What was seen before, so that it is planned once. */
  readonly #seen = new Set<string>();
  #agenda: Deed[] = [];

  constructor(api: Api, simulator: Simulator, order: string) {
    this.#api = api;
    this.#simulator = simulator;
    this.#order = order;
  }

  /** Looks around, and plans what follows from what is new. */
  async observe(): Promise<void> {
    for (const item of await this.#api.workItems('LOGISTICS_PICK'))
      if (item.order === this.#order && item.kind === 'manual')
        this.#plan(`${item.id} ${item.openedAt}`, () => this.#pick(item));
    for (const { key, at, outputs } of this.#effects('logistics.ship'))
      this.#plan(key, () => this.#deliver(String(outputs.trackingId), Date.parse(at)));
    for (const { key, outputs } of this.#effects('field.dispatch')) {
      const workOrderId = String(outputs.workOrderId);
      this.#plan(`${key} on the way`, () => this.#setOut(workOrderId));
      this.#plan(key, () => this.#visit(workOrderId));
    }
  }

  /** When the next deed is due. */
  next(): number | undefined {
    return this.#agenda[0]?.at;
  }

  /** Takes the next deed off the agenda when its time has come. */
  take(now: number): Deed | undefined {
    return (this.#agenda[0]?.at ?? Number.POSITIVE_INFINITY) <= now ? this.#agenda.shift() : undefined;
  }

  #plan(key: string, deed: () => Deed): void {
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#agenda = [...this.#agenda, deed()].sort((a, b) => a.at - b.at);
  }

  #effects(operation: string) {
    return this.#simulator.ledger({ correlationId: this.#order, operation });
  }

  #pick({ id, suborder, openedAt }: ListedWorkItem): Deed {
    return {
      at: inHours(Date.parse(openedAt) + UNTIL_PICKED),
      title: `Warehouse picks and scans the unit of suborder ${suborder}`,
      perform: async () => {
        const { form } = await this.#api.act(id, 'claim', undefined, 'logistics');
        await this.#api.act(id, 'complete', fillIn(form), 'logistics');
      },
    };
  }

  #deliver(trackingId: string, shippedAt: number): Deed {
    const at = nextWorkingDay(shippedAt) + DELIVERY_HOUR * 60 * MINUTE;
    const time = new Date(at).toISOString();
    return {
      at,
      title: `Carrier delivers parcel ${trackingId}`,
      perform: async () =>
        void (await this.#api.send({
          id: `delivered-${trackingId}`,
          source: '/carriers/parcel',
          type: 'milepost.delivery.delivered',
          subject: trackingId,
          time,
          data: { deliveredAt: time },
        })),
    };
  }

  #setOut(workOrderId: string): Deed {
    const at = this.#visitEnds() - ON_THE_WAY;
    return {
      at,
      title: `Technician is on the way to work order ${workOrderId}`,
      perform: () => this.#report(workOrderId, 'on-the-way', at),
    };
  }

  #visit(workOrderId: string): Deed {
    const at = this.#visitEnds() - EARLY;
    const found = { note: 'Socket checked, fibre box mounted', measurements: { attenuationDb: 14.2 } };
    return {
      at,
      title: `Technician finishes work order ${workOrderId}`,
      perform: () => this.#report(workOrderId, 'done', at, found),
    };
  }

  /** The end of the time that is booked for the technician. */
  #visitEnds(): number {
    const slot = String(this.#effects('appointment.book').at(-1)?.outputs.slot);
    const [, end = ''] = slot.split('/');
    return Date.parse(`${end}:00Z`);
  }

  /** The technician tells how the visit goes. */
  async #report(
    workOrderId: string,
    what: string,
    at: number,
    data: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    await this.#api.send({
      id: `${what}-${workOrderId}`,
      source: '/field/technicians',
      type: `milepost.visit.${what}`,
      subject: workOrderId,
      time: new Date(at).toISOString(),
      data,
    });
  }
}

/** A form filled in as a picker would: labels of the kind that the form asks for, and OK. */
export function fillIn(form: WorkItem['form'] = [], random = Math.random): Record<string, unknown> {
  const answers = form.flatMap(({ id, type, required, example = '', pattern }) => {
    if (type === 'confirm') return [[id, true]];
    if (type !== 'scan' || !required) return [];
    // Without a pattern it is a certain unit that is looked for.
    return [[id, pattern === undefined ? example : labelLike(example, random)]];
  });
  return Object.fromEntries(answers);
}

/** Another label of the same kind: after the letters that say which, each digit, and each letter of hexadecimal, is drawn anew, in the last ten characters at most. */
function labelLike(example: string, random: () => number): string {
  const kept = Math.max(2, example.search(/[^A-Z]|$/), example.length - 10);
  return (
    example.slice(0, kept) +
    example
      .slice(kept)
      .replaceAll(/\d/g, () => oneOf('0123456789', random))
      .replaceAll(/[A-F]/g, () => oneOf('ABCDEF', random))
  );
}

const oneOf = (letters: string, random: () => number): string =>
  letters.charAt(Math.floor(random() * letters.length));

function inHours(time: number): number {
  const hour = new Date(time).getUTCHours();
  const midnight = time - (time % DAY);
  if (hour < WAREHOUSE_HOURS.from) return midnight + WAREHOUSE_HOURS.from * 60 * MINUTE;
  return hour < WAREHOUSE_HOURS.to ? time : midnight + DAY + WAREHOUSE_HOURS.from * 60 * MINUTE;
}

/** Midnight (UTC) at which the next working day begins. */
function nextWorkingDay(time: number): number {
  let day = time - (time % DAY) + DAY;
  while (!isWorkingDay(new Date(day).toISOString().slice(0, 10))) day += DAY;
  return day;
}
