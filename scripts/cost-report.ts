import { suborderNumber } from '#state-machines/planning/draft.ts';
import { type Bill, type BillLine, printedBill, quantityOf } from './bill.ts';
import type { Played } from './demo/play.ts';
import { BILLED_MS } from './platform.ts';

const MILLION = 1_000_000;

interface ServiceCost {
  readonly service: string;
  readonly usd: number;
}

/** What an order costs, as `npm run cost -- --json` prints it. Money is in US dollars at list price. */
export interface CostReport {
  /** File with the order. */
  readonly order: string;
  readonly state: string;
  readonly steps: number;
  readonly transitionsPerStep: number;
  /** What every invocation of a function is billed with. */
  readonly billedMilliseconds: number;
  readonly lines: readonly BillLine[];
  readonly perService: readonly ServiceCost[];
  readonly perSuborder: readonly SuborderCost[];
  /** What belongs to no one suborder. */
  readonly orderAsAWhole: PartCost;
  readonly usd: number;
  readonly usdPerMillion: number;
}

interface PartCost {
  readonly transitions: number;
  readonly perService: readonly ServiceCost[];
  readonly usd: number;
}

interface SuborderCost extends PartCost {
  readonly suborder: string;
  readonly product: string;
}

/** Puts together what carrying out an order cost. */
export function costReport(path: string, { order, bill, parts }: Played): CostReport {
  const steps = order.progress?.done ?? 0;
  const products = new Map(
    order.productOrderItem.map(({ id, productOffering }, index) => [
      suborderNumber(index),
      productOffering?.name ?? productOffering?.id ?? id,
    ]),
  );
  return {
    order: path,
    state: order.state,
    steps,
    transitionsPerStep: quantityOf(bill, 'stepFunctionsTransition') / steps,
    billedMilliseconds: BILLED_MS,
    lines: bill.lines,
    perService: perService(bill),
    perSuborder: [...parts.suborders].map(([suborder, part]) => ({
      suborder,
      product: products.get(suborder) ?? '',
      ...partCost(part),
    })),
    orderAsAWhole: partCost(parts.whole),
    usd: bill.usd,
    usdPerMillion: bill.usd * MILLION,
  };
}

function partCost(bill: Bill): PartCost {
  return {
    transitions: quantityOf(bill, 'stepFunctionsTransition'),
    perService: perService(bill),
    usd: bill.usd,
  };
}

function perService({ lines }: Bill): ServiceCost[] {
  return Object.entries(Object.groupBy(lines, ({ service }) => service)).map(([service, of = []]) => ({
    service,
    usd: of.reduce((sum, { usd }) => sum + usd, 0),
  }));
}

/** The report for a terminal. */
export function printedReport(report: CostReport): string[] {
  const { order, state, steps, lines, usd, transitionsPerStep } = report;
  const transitions = Math.round(transitionsPerStep * steps);
  return [
    `${order}: ${state}, ${steps} steps, ${transitions} transitions (${transitionsPerStep.toFixed(2)} for each step)`,
    '',
    ...printedBill({ lines, usd }),
    '',
    'By suborder, US cents:',
    ...report.perSuborder.map((part) => partLine(`${part.suborder}  ${part.product}`, part)),
    partLine('    the order as a whole', report.orderAsAWhole),
    '',
    'A million such orders a month, US dollars:',
    ...report.perService.map((part) => `  ${part.service.padEnd(15)}${dollars(part.usd)}`),
    `  ${'in all'.padEnd(15)}${dollars(usd)}`,
  ];
}

const partLine = (title: string, { usd, transitions }: PartCost) =>
  `  ${title.padEnd(42)}${(usd * 100).toFixed(4)}${`${transitions} transitions`.padStart(18)}`;

const dollars = (usd: number) => (usd * MILLION).toFixed(0).padStart(8);
