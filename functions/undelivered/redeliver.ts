import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import type { Finding } from '#shared/sweeper/findings.ts';
import { report } from '#shared/sweeper/report.ts';
import { redeliver, type UndeliveredDependencies } from '#shared/undelivered/redeliver.ts';

const logger = new Logger();
const metrics = new Metrics();
const base = {
  ...defaultDependencies(),
  sqs: new SQSClient(),
  eventBridge: new EventBridgeClient(),
  streams: new DynamoDBStreamsClient(),
  // What is refused is tried again by the next run.
  lambda: new LambdaClient({ maxAttempts: 1 }),
};
const environmentSchema = z.object({ UNDELIVERED_EVENTS_QUEUE_URL: z.string(), BUS_NAME: z.string() });

/** What one round may take: ten consumers that hang, and a notice of each order. */
const ROUND_MS = 170_000;

/** Called on a schedule: has delivered once more what was given up on its way, and tells people what is in vain. */
export const handler = async (
  _event: unknown,
  context: Pick<Context, 'getRemainingTimeInMillis'>,
): Promise<void> => {
  const environment = environmentSchema.parse(process.env);
  const deps = {
    ...base,
    undeliveredQueueUrl: environment.UNDELIVERED_EVENTS_QUEUE_URL,
    bus: environment.BUS_NAME,
  };
  let handled = 0;
  do handled = await handleSome(deps);
  while (handled > 0 && context.getRemainingTimeInMillis() > ROUND_MS);
};

/** @returns how many messages of the queue something was done about, or tried */
async function handleSome(deps: Dependencies & UndeliveredDependencies): Promise<number> {
  const { done, left } = await redeliver(deps);
  const findings = [...done, ...left].flatMap((one) => one.findings);
  for (const finding of findings) {
    if (finding.action === 'reported') await report(deps, finding);
    logger.warn(finding.action, { ...finding });
  }
  for (const { remove } of done) await remove();
  for (const { about, why, isLost } of left) logger.warn(isLost ? 'lost' : 'not delivered', { about, why });
  const count = (action: Finding['action']) => findings.filter((finding) => finding.action === action).length;
  const lost = left.filter(({ isLost }) => isLost).length;
  metrics.addMetric('Redelivered', MetricUnit.Count, count('repaired'));
  metrics.addMetric('NotDelivered', MetricUnit.Count, count('reported') + lost);
  metrics.publishStoredMetrics();
  return done.length + left.length;
}
