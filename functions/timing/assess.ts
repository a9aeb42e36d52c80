import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod';
import { scheduledWakeUp } from '#shared/clients/wake-up.ts';
import { defaultDependencies } from '#shared/steps/dependencies.ts';
import { type AssessDependencies, assessOrder } from '#shared/timing/assess-order.ts';
import { newImages } from '../stream.ts';

const wakeUpSchema = z.object({ order: z.string() });

const logger = new Logger();

/**
 * Assesses orders whose steps have begun or ceased to wait, by the stream of the suborders table, each once per batch;
 * and an order for which the time has come, by the scheduler. What cannot be assessed now is tried again.
 */
export const assess = (deps: AssessDependencies) => async (event: unknown) => {
  const wakeUp = wakeUpSchema.safeParse(event);
  if (wakeUp.success) {
    await assessOrder(deps, wakeUp.data.order);
    return { batchItemFailures: [] };
  }
  const changes = newImages(event).map(({ image, sequenceNumber }) => ({
    order: String(image.order),
    sequenceNumber,
  }));
  for (const { order, sequenceNumber } of new Map(changes.map((change) => [change.order, change])).values()) {
    try {
      await assessOrder(deps, order);
    } catch (error) {
      logger.error('not assessed', { order, error: error instanceof Error ? error.name : '' });
      const first = changes.find((change) => change.order === order)?.sequenceNumber ?? sequenceNumber;
      return { batchItemFailures: [{ itemIdentifier: first }] };
    }
  }
  return { batchItemFailures: [] };
};

const dependencies: AssessDependencies = { ...defaultDependencies(), wakeAt: scheduledWakeUp() };

export const handler = (event: unknown) => assess(dependencies)(event);
