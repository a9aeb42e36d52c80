import type { MeterReading } from '#local/admin/admin-model.ts';
import { bill, total } from '#local/billing/bill.ts';
import { type BillableUnit, billableUnits, usEast1 } from '#local/billing/prices.ts';

type Used = MeterReading['total'][number];

/** One line of a bill. */
export interface BillLine {
  readonly service: string;
  readonly unit: BillableUnit;
  readonly title: string;
  readonly quantity: number;
  readonly usd: number;
}

/** What an order used, at list price. */
export interface Bill {
  readonly lines: readonly BillLine[];
  readonly usd: number;
}

/** Names of the services and things that are billed, in the order of a bill. */
const TITLES: Readonly<Record<BillableUnit, readonly [service: string, title: string]>> = {
  stepFunctionsTransition: ['Step Functions', 'state transitions'],
  stepFunctionsExpressRequest: ['Step Functions', 'Express workflows'],
  stepFunctionsExpressGbSecond: ['Step Functions', 'Express GB-seconds'],
  lambdaRequest: ['Lambda', 'invocations'],
  lambdaGbSecond: ['Lambda', 'GB-seconds'],
  dynamodbWriteUnit: ['DynamoDB', 'write units'],
  dynamodbReadUnit: ['DynamoDB', 'read units'],
  sqsRequest: ['SQS', 'requests'],
  sqsFifoRequest: ['SQS', 'FIFO requests'],
  eventBridgeEvent: ['EventBridge', 'events'],
  httpApiRequest: ['API Gateway', 'requests'],
  schedulerInvocation: ['Scheduler', 'timers'],
};

/** Adds up what was counted; `without` is taken off, such as what watching an order used. */
export function billOf(used: readonly Used[], without: readonly Used[] = []): Bill {
  const taken = without.map((use) => ({ ...use, quantity: -use.quantity }));
  const byUnit = Map.groupBy(bill([...used, ...taken]), ({ unit }) => unit);
  const lines = billableUnits.flatMap((unit) => {
    const parts = byUnit.get(unit) ?? [];
    const quantity = parts.reduce((sum, part) => sum + part.quantity, 0);
    const [service, title] = TITLES[unit];
    return quantity === 0 ? [] : [{ service, unit, title, quantity, usd: total(parts) }];
  });
  return { lines, usd: lines.reduce((sum, { usd }) => sum + usd, 0) };
}

type Trace = MeterReading['traces'][number];

/** An order's bill, apart by suborder. */
export interface BillParts {
  /** By suborder, in the order of their numbers. */
  readonly suborders: ReadonlyMap<string, Bill>;
  /** What belongs to the order as a whole: taking it in, planning, closing, and requests about no one suborder. */
  readonly whole: Bill;
}

/**
 * Tells apart what each suborder used: its execution, what that set off, and requests that answered one of its
 * tasks. `without` are roots of traces that are left out.
 */
export function partsOf(
  order: string,
  traces: readonly Trace[],
  without: ReadonlySet<string> = new Set(),
): BillParts {
  const byRoot = new Map(traces.map((trace) => [trace.root, trace]));
  const suborderOf = ({ names, parent }: Trace): string => {
    const execution = names.find((name) => name === order || name.startsWith(`${order}-`));
    if (execution !== undefined) return execution.slice(order.length + 1);
    const before = parent === undefined ? undefined : byRoot.get(parent);
    return before ? suborderOf(before) : '';
  };
  const { '': whole = [], ...suborders } = Object.groupBy(
    traces.filter(({ root }) => !without.has(root)),
    suborderOf,
  );
  const billFor = (of: readonly Trace[] = []) => billOf(of.flatMap(({ usage }) => usage));
  const sorted = Object.entries(suborders).sort(([a], [b]) => a.localeCompare(b));
  return {
    suborders: new Map(sorted.map(([suborder, of]) => [suborder, billFor(of)])),
    whole: billFor(whole),
  };
}

/** How much of one thing a bill holds. */
export const quantityOf = ({ lines }: Bill, unit: BillableUnit): number =>
  lines.find((line) => line.unit === unit)?.quantity ?? 0;

/** A bill for a terminal, each line with its part of the whole. */
export function printedBill({ lines, usd: sum }: Bill): string[] {
  const cents = (usd: number) => (usd * 100).toFixed(4).padStart(9);
  const row = (service: string, amount: string, title: string, price: string) =>
    `${service.padEnd(15)}${amount.padStart(9)}  ${title.padEnd(20)}${price}`;
  return [
    ...lines.map(({ service, title, quantity, usd }) =>
      row(service, Number.isInteger(quantity) ? String(quantity) : quantity.toFixed(2), title, cents(usd)),
    ),
    row('', '', 'US cents, list price', cents(sum)),
    `Prices of ${usEast1.region} as of ${usEast1.date}, without free tiers, logs, traces and storage.`,
  ];
}
