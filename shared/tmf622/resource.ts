import { isTerminal, orderState, type State } from '#shared/domain/states.ts';
import { MANAGEMENT } from '#shared/domain/suborders.ts';
import type { OrderHeader, Suborder } from '#shared/store/records.ts';
import { idOf } from '#shared/timing/jeopardy.ts';
import type { OrderDocument, ProductOrderItem } from './document.ts';

/** Path of the TMF622 API, before the resource's name. */
export const BASE_PATH = '/tmf-api/productOrderingManagement/v4';

/** What the resource shows of a suborder. */
export type SuborderProgress = Pick<
  Suborder,
  'suborder' | 'item' | 'state' | 'milestones' | 'steps' | 'done' | 'suspended'
>;

/** What the resource shows of an order's header. */
export type OrderProgress = Pick<
  OrderHeader,
  'order' | 'state' | 'completionDate' | 'expectedCompletionDate' | 'jeopardy'
>;

/** A TMF622 `ProductOrder`, ready to be answered. */
export type ProductOrderResource = Readonly<Record<string, unknown>> & {
  readonly id: string;
  readonly href: string;
};

export const hrefOf = (order: string): string => `${BASE_PATH}/productOrder/${order}`;

/**
 * The TMF622 `ProductOrder` of an order: the document as accepted, with what the server knows of its progress.
 * The state of an order follows from those of its items (`orderState`), once they are planned. `progress` is an
 * extension of the standard: how many of the planned steps are done, of an item and of the whole order.
 */
export function productOrder(
  header: OrderProgress,
  document: OrderDocument,
  suborders: readonly SuborderProgress[],
): ProductOrderResource {
  const { productOrderItem, ...attributes } = document;
  const milestones = milestonesOf(suborders);
  const alerts = alertsOf(header, suborders);
  return {
    ...attributes,
    id: header.order,
    href: hrefOf(header.order),
    state: stateOf(header, suborders),
    ...(header.completionDate && { completionDate: header.completionDate }),
    ...(header.expectedCompletionDate && { expectedCompletionDate: header.expectedCompletionDate }),
    productOrderItem: productOrderItem.map((item) => itemWithState(item, header, suborders)),
    ...(isDivided(header, suborders) && { progress: progressOf(header, suborders) }),
    ...(milestones.length > 0 && { productOrderMilestone: milestones }),
    ...(alerts.length > 0 && { productOrderJeopardyAlert: alerts }),
    ...suspensionOf(suborders),
    '@type': document['@type'] ?? 'ProductOrder',
  };
}

/** What is late already is expected at once: its date is worked out anew only when there is more to say of it. */
export const asOf = (header: OrderProgress, now: Date): OrderProgress =>
  header.expectedCompletionDate === undefined ||
  isTerminal(header.state) ||
  new Date(header.expectedCompletionDate) >= now
    ? header
    : { ...header, expectedCompletionDate: now.toISOString() };

/** Since when and why no step of the order starts; an extension. */
function suspensionOf(suborders: readonly SuborderProgress[]) {
  const suspended = suborders.find((suborder) => suborder.suspended)?.suspended;
  return suspended && { suspension: { since: suspended.at, reason: suspended.reason } };
}

/** The answer to the `POST` that created the order, the same whenever it is asked for. */
export const acknowledgement = (order: string, document: OrderDocument): ProductOrderResource =>
  productOrder({ order, state: 'acknowledged' }, document, []);

/** State of an order: the one it was closed with, else what its items say, else order management's. */
export function stateOf(header: OrderProgress, suborders: readonly SuborderProgress[]): State {
  if (isTerminal(header.state)) return header.state;
  const items = suborders.filter(({ suborder }) => suborder !== MANAGEMENT);
  const management = suborders.find(({ suborder }) => suborder === MANAGEMENT);
  const state = items.length > 0 ? orderState(items.map((item) => item.state)) : 'acknowledged';
  // While none of its items has begun, the order is as far as its management.
  return state === 'acknowledged' ? (management?.state ?? header.state) : state;
}

type ItemWithState = ProductOrderItem & { readonly state: State };

function itemWithState(
  item: ProductOrderItem,
  header: OrderProgress,
  suborders: readonly SuborderProgress[],
): ItemWithState {
  const nested = item.productOrderItem?.map((child) => itemWithState(child, header, suborders));
  const own = suborders.filter((suborder) => suborder.item === item.id);
  return {
    ...item,
    state: itemState(item, header, suborders, nested),
    ...(own.length > 0 && { progress: progressOf(header, own) }),
    ...(nested && { productOrderItem: nested }),
  };
}

/** Whether it is known how many steps an order has: it has been divided, or has ended before. */
const isDivided = ({ state }: OrderProgress, suborders: readonly SuborderProgress[]): boolean =>
  suborders.some(({ suborder }) => suborder !== MANAGEMENT) || (isTerminal(state) && suborders.length > 0);

/**
 * Planned steps of suborders, and how many of them are done. A step whose condition is decided on the way counts as planned
 * until its suborder, or the order, has ended: then what was not done was left out, or is not done any more. So what is planned never grows
 * but by a change of the order.
 */
const progressOf = (header: OrderProgress, suborders: readonly SuborderProgress[]) => ({
  done: suborders.reduce((sum, { done }) => sum + done, 0),
  steps: suborders.reduce(
    (sum, { state, done, steps }) => sum + ([state, header.state].some(isTerminal) ? done : steps),
    0,
  ),
});

/** An item without a suborder is as far as the items nested in it, or else as the order when that has ended. */
function itemState(
  { id, action }: ProductOrderItem,
  header: OrderProgress,
  suborders: readonly SuborderProgress[],
  nested: readonly ItemWithState[] = [],
): State {
  const suborder = suborders.find(({ item }) => item === id);
  if (suborder) return suborder.state;
  if (nested.length > 0) return neverPartial(orderState(nested.map(({ state }) => state)));
  if (!isTerminal(header.state)) return 'acknowledged';
  return action === 'noChange' ? 'completed' : neverPartial(header.state);
}

/** TMF622 knows no partial item: a bundle of which something failed has failed. */
const neverPartial = (state: State): State => (state === 'partial' ? 'failed' : state);

/** Reached milestones in the order of time, in the shape of TMF622 v5 `Milestone`. */
const milestonesOf = (suborders: readonly SuborderProgress[]) =>
  suborders
    .flatMap(({ suborder, item, milestones }) =>
      Object.entries(milestones)
        .filter(([name]) => name !== 'ENDED')
        .map(([name, milestoneDate]) => ({
          id: `${suborder}-${name}`,
          name,
          milestoneDate,
          status: 'completed',
          ...(item !== undefined && { productOrderItem: [{ itemId: item }] }),
        })),
    )
    .sort((a, b) => a.milestoneDate.localeCompare(b.milestoneDate) || a.id.localeCompare(b.id));

const JEOPARDY_TYPE = { yellow: 'Hazard', red: 'Critical' } as const;

/** Why an order that is under way is at risk, in the shape of TMF622 v5 `ProductOrderJeopardyAlert`. */
const alertsOf = ({ state, jeopardy }: OrderProgress, suborders: readonly SuborderProgress[]) =>
  (isTerminal(state) ? [] : (jeopardy?.alerts ?? [])).map((alert) => {
    const { level, since, suborder, step } = alert;
    const item = suborders.find((known) => known.suborder === suborder)?.item;
    return {
      id: idOf(alert),
      name: level,
      jeopardyType: JEOPARDY_TYPE[level],
      alertDate: since,
      message: step === undefined ? DATE_MESSAGE[level] : `Step ${step}: ${STEP_MESSAGE[level]}`,
      ...(item !== undefined && { productOrderItem: [{ itemId: item }] }),
    };
  });

const DATE_MESSAGE = {
  yellow: 'The order is expected to be late by a working day at most',
  red: 'The order is expected to be late',
} as const;
const STEP_MESSAGE = {
  yellow: 'four fifths of its usual time are over',
  red: 'it takes longer than usual',
} as const;

/** The resource with the asked-for first-level attributes only; `id` and `href` are always there. */
export function withFields(
  resource: ProductOrderResource,
  fields: ReadonlySet<string> | undefined,
): ProductOrderResource {
  if (!fields) return resource;
  return {
    ...Object.fromEntries(Object.entries(resource).filter(([name]) => fields.has(name))),
    id: resource.id,
    href: resource.href,
  };
}
