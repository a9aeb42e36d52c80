import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { defaultDependencies } from '#shared/steps/dependencies.ts';
import { sweep } from '#shared/sweeper/sweep.ts';

const logger = new Logger();
const metrics = new Metrics();
const base = {
  ...defaultDependencies(),
  stepFunctions: new SFNClient(),
  sqs: new SQSClient(),
};
const environmentSchema = z.object({
  INTAKE_QUEUE_URL: z.string(),
  FLOWS: z.string(),
});

/** Called on a schedule: looks at the next part of what is live, puts right what it can and reports the rest. */
export const handler = async (): Promise<void> => {
  const environment = environmentSchema.parse(process.env);
  const { orders, findings, unmatched, failures } = await sweep({
    ...base,
    intakeQueueUrl: environment.INTAKE_QUEUE_URL,
    flows: environment.FLOWS.split(','),
  });
  for (const finding of findings) logger.warn(finding.action, { ...finding });
  logger.info('Swept', { orders, unmatched });
  const count = (action: string) => findings.filter((finding) => finding.action === action).length;
  metrics.addMetric('SweeperRepairs', MetricUnit.Count, count('repaired'));
  metrics.addMetric('SweeperReports', MetricUnit.Count, count('reported'));
  metrics.addMetric('UnmatchedEvents', MetricUnit.Count, unmatched);
  metrics.publishStoredMetrics();
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} orders not looked at`);
};
