import type { Problem } from '#shared/domain/errors.ts';
import type { Facts } from '#shared/domain/facts.ts';
import type { Flags } from '#shared/domain/flags.ts';
import type { Action, Product } from '#shared/domain/products.ts';
import type { PointOfNoReturn } from '#shared/store/records.ts';
import type { Network } from '#shared/timing/network.ts';
import type { FlowTime } from '#shared/timing/start-date.ts';
import type { Opens, PlannedWait } from './links.ts';

/** One order item, as far as planning needs it. */
export interface PlanItem {
  readonly id: string;
  readonly action: Action | 'noChange';
  /** Id of the product offering; without it a person at the order desk decides what is to be done. */
  readonly offering?: string | undefined;
  readonly characteristics: Readonly<Record<string, unknown>>;
  /** Ids of items of the same order that the customer says this one needs. */
  readonly reliesOn: readonly string[];
  readonly installedProductId?: string | undefined;
  readonly quantity?: number | undefined;
}

/** What is known about an order when it is planned. */
export interface PlanFacts {
  readonly order: string;
  readonly orderDate: string;
  readonly requestedDate?: string | undefined;
  readonly customerId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly addressId?: string | undefined;
  readonly address?: unknown;
  readonly consents?: readonly string[] | undefined;
  /** Sold to a consumer at a distance, who then may withdraw. */
  readonly distanceSale?: boolean | undefined;
  readonly items: readonly PlanItem[];
}

/** A suborder as it is to be created. */
export interface PlannedSuborder {
  /** `01` up to `100`; `00` is order management. */
  readonly suborder: string;
  /** Id of the order item; undefined for order management. */
  readonly item: string | undefined;
  readonly flow: string;
  readonly product: Product | undefined;
  /** The item's characteristics with defaults, what the offering adds, and the product. */
  readonly facts: Facts;
  /** Every flag that the flow branches on and that is known before it starts. */
  readonly flags: Flags;
  /** Product → numbers of the order's other suborders of that product. */
  readonly siblings: Readonly<Record<string, readonly string[]>>;
  /** How many steps the planned path has. */
  readonly steps: number;
  /** Step → the point of no return that it is. */
  readonly noReturn: Readonly<Record<string, PointOfNoReturn>>;
  readonly opens: Opens;
  /** Waits to create with the suborder, that of its start among them. */
  readonly waits: readonly PlannedWait[];
  /** What the start waits for; empty when the suborder starts at once. */
  readonly startsAfter: readonly string[];
}

/** An item about which nothing is known to do: a person at the order desk completes or cancels it. */
export interface IncompleteItem {
  readonly suborder: string;
  readonly item: string;
  readonly reason: string;
  /** What its `COMPLETE` and `ENDED` open, such as order management's wait for all suborders. */
  readonly opens: Opens;
}

/** An item with nothing to do (`noChange`): it is complete as soon as the order is planned, and nobody waits for it. */
export interface UnchangedItem {
  readonly suborder: string;
  readonly item: string;
}

/** An order, divided. */
export interface OrderPlan {
  /** Order management itself, suborder `00`. */
  readonly management: PlannedSuborder;
  readonly suborders: readonly PlannedSuborder[];
  readonly unchanged: readonly UnchangedItem[];
  readonly incomplete: readonly IncompleteItem[];
  /** What its projected end is worked out from. */
  readonly network: Network;
  readonly flowTimes: readonly FlowTime[];
}

/** Why an order cannot be carried out as it is. Pointers are into the TMF622 body: `/productOrderItem/0/…`. */
export interface Refusal {
  readonly refusals: readonly [Problem, ...Problem[]];
}
