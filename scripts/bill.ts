import type { MeterReading } from '#local/admin-model.ts';
import { type BillableUnit, billableUnits, cost, type Usage, usEast1 } from '#local/prices.ts';

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

/**
 * What a use is billed as. Undefined for what is not billed by use here: secrets are read once in five minutes by
 * every function and not once per order.
 */
function billedAs({ service, unit, resource }: Used): BillableUnit | undefined {
  switch (`${service} ${unit}`) {
    case 'states StateTransition':
      return 'stepFunctionsTransition';
    case 'states ExpressRequest':
      return 'stepFunctionsExpressRequest';
    case 'states ExpressGBSecond':
      return 'stepFunctionsExpressGbSecond';
    case 'lambda Request':
      return 'lambdaRequest';
    case 'lambda GBSecond':
      return 'lambdaGbSecond';
    case 'dynamodb WriteRequestUnit':
      return 'dynamodbWriteUnit';
    case 'dynamodb ReadRequestUnit':
      return 'dynamodbReadUnit';
    case 'sqs Request':
      return resource.endsWith('.fifo') ? 'sqsFifoRequest' : 'sqsRequest';
    case 'events Event':
      return 'eventBridgeEvent';
    case 'apigateway Request':
      return 'httpApiRequest';
    case 'scheduler Invocation':
      return 'schedulerInvocation';
    default:
      return undefined;
  }
}

/** Adds up what was counted; `without` is taken off, such as what watching an order used. */
export function billOf(used: readonly Used[], without: readonly Used[] = []): Bill {
  const usage: Partial<Record<BillableUnit, number>> = {};
  const add = (uses: readonly Used[], sign: 1 | -1) => {
    for (const use of uses) {
      const unit = billedAs(use);
      if (unit) usage[unit] = (usage[unit] ?? 0) + sign * use.quantity;
    }
  };
  add(used, 1);
  add(without, -1);
  return { lines: linesOf(usage), usd: cost(usage) };
}

const linesOf = (usage: Usage): BillLine[] =>
  billableUnits.flatMap((unit) => {
    const quantity = usage[unit] ?? 0;
    const [service, title] = TITLES[unit];
    return quantity === 0
      ? []
      : [{ service, unit, title, quantity, usd: quantity * usEast1.prices[unit].usd }];
  });

/** How much of one thing a bill holds. */
export const quantityOf = ({ lines }: Bill, unit: BillableUnit): number =>
  lines.find((line) => line.unit === unit)?.quantity ?? 0;

/** A bill for a terminal, each line with its part of the whole. */
export function printedBill(bill: Bill): string[] {
  const cents = (usd: number) => (usd * 100).toFixed(4).padStart(9);
  const row = (service: string, amount: string, title: string, price: string) =>
    `${service.padEnd(15)}${amount.padStart(9)}  ${title.padEnd(20)}${price}`;
  return [
    ...bill.lines.map(({ service, title, quantity, usd }) =>
      row(service, Number.isInteger(quantity) ? String(quantity) : quantity.toFixed(2), title, cents(usd)),
    ),
    row('', '', 'US cents, list price', cents(bill.usd)),
    `Prices of ${usEast1.region} as of ${usEast1.date}, without free tiers, logs, traces and storage.`,
  ];
}
