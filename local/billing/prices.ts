/**
 * How well a price is known: `high` AWS's own page, `medium` a secondary page, `low` commonly known and not
 * looked up.
 */
export type Confidence = 'high' | 'medium' | 'low';

/** One list price. */
export interface Price {
  /** US dollars per unit, without free tier and without volume tiers. */
  readonly usd: number;
  /** What one unit is. */
  readonly unit: string;
  /** Where the price was read; undefined when it was not looked up. */
  readonly source?: string;
  readonly confidence: Confidence;
}

/** A table of list prices. */
export interface PriceTable {
  readonly region: string;
  /** ISO date on which the table was put together. */
  readonly date: string;
  readonly prices: Readonly<Record<BillableUnit, Price>>;
}

/** What AWS bills for, as far as it is counted here. */
export const billableUnits = [
  'stepFunctionsTransition',
  'stepFunctionsExpressRequest',
  'stepFunctionsExpressGbSecond',
  'lambdaRequest',
  'lambdaGbSecond',
  'dynamodbWriteUnit',
  'dynamodbReadUnit',
  'sqsRequest',
  'sqsFifoRequest',
  'eventBridgeEvent',
  'httpApiRequest',
  'schedulerInvocation',
] as const;
export type BillableUnit = (typeof billableUnits)[number];

const lambdaSource =
  'https://git.mcrn.ar/mariano/lambda_local_runner docs/lambdas-md/lambda-13-cost.md (2026-05)';
const dynamodbSource = 'https://airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07-21)';
const eventBridgeSource = 'https://cloudburn.io/blog/amazon-eventbridge-pricing (2026-03-13)';

/** List prices in us-east-1; European regions differ by a few percent, some by up to a fifth. */
export const usEast1: PriceTable = {
  region: 'us-east-1',
  date: '2026-11-23',
  prices: {
    stepFunctionsTransition: {
      usd: 0.000025,
      unit: 'state transition of a standard workflow, retries included; waiting is free',
      source: 'https://aws.amazon.com/step-functions/pricing/',
      confidence: 'high',
    },
    stepFunctionsExpressRequest: {
      usd: 0.000001,
      unit: 'start of an express workflow',
      source: 'https://www.wring.co/blog/aws-step-functions-pricing-guide (2026-03-14)',
      confidence: 'medium',
    },
    stepFunctionsExpressGbSecond: {
      usd: 0.00001667,
      unit: 'GB-second of an express workflow, in steps of 64 MB and 100 ms',
      source: 'https://aws.amazon.com/step-functions/pricing/',
      confidence: 'medium',
    },
    lambdaRequest: {
      usd: 0.0000002,
      unit: 'invocation',
      source: lambdaSource,
      confidence: 'medium',
    },
    lambdaGbSecond: {
      usd: 0.0000133334,
      unit: 'GB-second on arm64, initialisation included',
      source: lambdaSource,
      confidence: 'medium',
    },
    dynamodbWriteUnit: {
      usd: 0.000000625,
      unit: 'write request unit on demand (1 KB; twice in a transaction)',
      source: dynamodbSource,
      confidence: 'medium',
    },
    dynamodbReadUnit: {
      usd: 0.000000125,
      unit: 'read request unit on demand (4 KB; half when eventually consistent, twice in a transaction)',
      source: dynamodbSource,
      confidence: 'medium',
    },
    sqsRequest: { usd: 0.0000004, unit: 'request to a standard queue (64 KB)', confidence: 'low' },
    sqsFifoRequest: { usd: 0.0000005, unit: 'request to a FIFO queue (64 KB)', confidence: 'low' },
    eventBridgeEvent: {
      usd: 0.000001,
      unit: 'custom event (64 KB)',
      source: eventBridgeSource,
      confidence: 'medium',
    },
    httpApiRequest: {
      usd: 0.000001,
      unit: 'request to an HTTP API (512 KB)',
      source: 'https://www.wring.co/blog/aws-api-gateway-pricing-guide',
      confidence: 'medium',
    },
    schedulerInvocation: {
      usd: 0.000001,
      unit: 'invocation by EventBridge Scheduler (the first 14 million a month are free)',
      source: eventBridgeSource,
      confidence: 'medium',
    },
  },
};

/** How much was used of what; units that are left out were not used. */
export type Usage = Readonly<Partial<Record<BillableUnit, number>>>;

/** What a usage costs at list price, in US dollars. */
export function cost(usage: Usage, table: PriceTable = usEast1): number {
  let sum = 0;
  for (const unit of billableUnits) sum += (usage[unit] ?? 0) * table.prices[unit].usd;
  return sum;
}
