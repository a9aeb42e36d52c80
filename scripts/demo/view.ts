import * as z from 'zod';
import { MILESTONES } from '#shared/domain/milestones.ts';
import { isTerminal, type State } from '#shared/domain/states.ts';
import type { SentMessage } from '#simulator/simulator.ts';
import type { Order, OrderItem } from '../api.ts';
import type { Frame, Happening } from './play.ts';

/** Colours a text for a terminal; leaves it alone elsewhere. */
export type Paint = (state: State | 'faint' | 'strong', text: string) => string;

const CODES: Readonly<Record<Parameters<Paint>[0], string>> = {
  acknowledged: '90',
  inProgress: '36',
  pending: '33',
  held: '31',
  assessingCancellation: '33',
  pendingCancellation: '33',
  completed: '32',
  partial: '33',
  cancelled: '90',
  rejected: '31',
  failed: '31',
  faint: '90',
  strong: '1',
};

export const colours: Paint = (kind, text) => `\x1b[${CODES[kind]}m${text}\x1b[0m`;
export const plain: Paint = (_kind, text) => text;

const BAR = 12;
const RECENT = 3;

/** `Tue 2026-12-01 08:40`, in UTC. */
export function clockTime(time: number): string {
  const date = new Date(time);
  const day = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][date.getUTCDay()];
  return `${day} ${date.toISOString().slice(0, 16).replace('T', ' ')}`;
}

/** Milestones that an item has reached, in the order of time. */
const milestonesOf = ({ productOrderMilestone }: Order, item: string): readonly string[] =>
  productOrderMilestone
    .filter(({ productOrderItem }) => productOrderItem[0]?.itemId === item)
    .toSorted((a, b) => a.milestoneDate.localeCompare(b.milestoneDate) || rank(a.name) - rank(b.name))
    .map(({ name }) => name);

/** Where a milestone usually comes: on this clock, many are reached in the same instant. */
const rank = (name: string): number => USUAL_ORDER.indexOf(name);
const USUAL_ORDER: readonly string[] = MILESTONES;

/** The order as a tree, a line for each suborder. */
export function tree({ now, order }: Frame, paint: Paint): string[] {
  const items = order.productOrderItem;
  const widths = {
    name: Math.max(...items.map((item) => nameOf(item).length)),
    state: Math.max(...items.map(({ state }) => state.length)),
  };
  return [
    `${paint('strong', `Order ${order.id}`)}  ${paint(order.state, order.state)}  ${bar(order, order.state, paint)}  ${paint('faint', `${clockTime(now)} UTC`)}`,
    ...items.map((item, index) => {
      const branch = index === items.length - 1 ? '└─' : '├─';
      const name = nameOf(item).padEnd(widths.name);
      const reached = milestonesOf(order, item.id).join(' · ');
      return `${branch} ${name}  ${paint(item.state, item.state.padEnd(widths.state))}  ${bar(item, item.state, paint)}  ${paint('faint', reached)}`;
    }),
  ];
}

/** What people and the outside did last; always as many lines. */
export const lastDeeds = ({ deeds }: Frame, paint: Paint): string[] =>
  Array.from({ length: RECENT }, (_, index) => {
    const deed = deeds[deeds.length - RECENT + index];
    return deed ? paint('faint', `   ${line(deed)}`) : '';
  });

/** What is new since the last frame, a line each. */
export function news(before: Frame | undefined, frame: Frame): string[] {
  const known = new Set(before ? happenings(before).map(line) : []);
  return happenings(frame)
    .map(line)
    .filter((text) => !known.has(text));
}

/** Everything that happened, in the order of time. */
export const timeline = (frame: Frame, messages: readonly SentMessage[]): string[] =>
  byMinute([
    ...happenings(frame),
    ...messages.map((message) => ({
      at: Date.parse(message.at),
      title: `Customer is told ${told(message)}`,
    })),
  ]).map(line);

const paramsSchema = z.object({ suborder: z.string() });

/** What a message says, and of which suborder. */
export function told({ template, params }: SentMessage): string {
  const { data } = paramsSchema.safeParse(params);
  return data && data.suborder !== '00' ? `${template} (suborder ${data.suborder})` : String(template);
}

/** What the API shows and what people did; in one minute the deed comes before what it leads to. */
function happenings({ order, deeds }: Frame): Happening[] {
  const names = new Map(order.productOrderItem.map((item) => [item.id, nameOf(item)]));
  const milestones = order.productOrderMilestone
    .toSorted((a, b) => rank(a.name) - rank(b.name))
    .map(({ name, milestoneDate, productOrderItem }) => ({
      at: Date.parse(milestoneDate),
      title: `${names.get(productOrderItem[0]?.itemId ?? '') ?? 'Order'}: ${name}`,
    }));
  return byMinute([
    { at: Date.parse(order.orderDate), title: `Order ${order.id} is accepted` },
    ...deeds,
    ...milestones,
    ...(isTerminal(order.state) && order.completionDate
      ? [{ at: Date.parse(order.completionDate), title: `Order ${order.id} is ${order.state}` }]
      : []),
  ]);
}

const MINUTE = 60_000;
const byMinute = (happened: readonly Happening[]): Happening[] =>
  happened.toSorted((a, b) => Math.floor(a.at / MINUTE) - Math.floor(b.at / MINUTE));

const line = ({ at, title }: Happening): string => `${clockTime(at)}  ${title}`;

const nameOf = ({ id, productOffering }: OrderItem): string =>
  `${id} ${productOffering?.name ?? productOffering?.id ?? 'nothing named'}`;

function bar({ progress }: Pick<OrderItem, 'progress'>, state: State, paint: Paint): string {
  const { done, steps } = progress ?? { done: 0, steps: 0 };
  const full = steps === 0 ? 0 : Math.round((BAR * done) / steps);
  return `${paint(state, '█'.repeat(full))}${paint('faint', '░'.repeat(BAR - full))} ${`${done}/${steps}`.padStart(5)}`;
}
