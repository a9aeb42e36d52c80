import type { Usage } from '../admin/admin-model.ts';
import { type BillableUnit, type PriceTable, usEast1 } from './prices.ts';

/** One line of a bill. */
export interface BillLine {
  readonly service: string;
  /** What was used: the resource's name. */
  readonly item: string;
  readonly quantity: number;
  readonly unit: BillableUnit;
  readonly unitPrice: number;
  /** US dollars. */
  readonly cost: number;
}

/** What AWS bills, by the service and unit that the meter counts. */
const billed: Readonly<Record<string, BillableUnit>> = {
  'states StateTransition': 'stepFunctionsTransition',
  'states ExpressRequest': 'stepFunctionsExpressRequest',
  'lambda Request': 'lambdaRequest',
  'lambda GBSecond': 'lambdaGbSecond',
  'dynamodb WriteRequestUnit': 'dynamodbWriteUnit',
  'dynamodb ReadRequestUnit': 'dynamodbReadUnit',
  'events Event': 'eventBridgeEvent',
  'apigateway Request': 'httpApiRequest',
  'scheduler Invocation': 'schedulerInvocation',
};

/** What a usage costs at list price, dearest line first. Usage that has no price in the table is left out. */
export function bill(usage: readonly Usage[], table: PriceTable = usEast1): BillLine[] {
  const lines = new Map<string, BillLine>();
  for (const { service, unit, resource, quantity } of usage) {
    const priced = service === 'sqs' ? sqsUnit(resource) : billed[`${service} ${unit}`];
    if (priced === undefined) continue;
    const unitPrice = table.prices[priced].usd;
    const key = `${priced} ${resource}`;
    const sum = (lines.get(key)?.quantity ?? 0) + quantity;
    lines.set(key, {
      service,
      item: resource,
      unit: priced,
      unitPrice,
      quantity: sum,
      cost: sum * unitPrice,
    });
  }
  return [...lines.values()].sort((a, b) => b.cost - a.cost);
}

/** The sum of a bill in US dollars. */
export function total(lines: readonly BillLine[]): number {
  return lines.reduce((sum, { cost }) => sum + cost, 0);
}

function sqsUnit(queue: string): BillableUnit {
  return queue.endsWith('.fifo') ? 'sqsFifoRequest' : 'sqsRequest';
}
