import { Logger } from '@aws-lambda-powertools/logger';
import { SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import { scheduledWakeUp } from '#shared/clients/wake-up.ts';
import { defaultDependencies } from '#shared/steps/dependencies.ts';
import { type ResumeDependencies, resumeWait } from '#shared/steps/resume.ts';
import { waitSchema } from '#shared/store/records.ts';
import { getWait } from '#shared/store/waits.ts';
import { isRedelivered, newImages } from '../stream.ts';

const wakeUpSchema = z.object({ order: z.string(), wait: z.string() });

const logger = new Logger();

/**
 * The one function that answers task tokens. Called by the stream of the waits table, in order per order, and by the
 * scheduler for a wait whose time has come. A record that cannot be resumed now is tried again with those behind it; of
 * one that was given up and is delivered once more, the wait counts as it is by now.
 */
export const resume = (deps: ResumeDependencies) => async (event: unknown) => {
  const wakeUp = wakeUpSchema.safeParse(event);
  if (wakeUp.success) {
    const wait = await getWait(deps, wakeUp.data.order, wakeUp.data.wait);
    if (wait) await resumeWait(deps, wait);
    return { batchItemFailures: [] };
  }
  const isLate = isRedelivered(event);
  for (const { image, sequenceNumber } of newImages(event)) {
    const { order, wait } = image;
    try {
      const written = waitSchema.parse(image);
      const record = isLate ? await getWait(deps, written.order, written.wait) : written;
      if (!record) continue;
      const { suborder, step, kind } = record;
      const result = await resumeWait(deps, record);
      if (result !== 'waiting') logger.info(result, { order, suborder, step, kind });
    } catch (error) {
      logger.error('not resumed', { order, wait, error: error instanceof Error ? error.name : '' });
      return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
};

export const handler = (event: unknown) => resume(dependencies)(event);

const dependencies: ResumeDependencies = {
  ...defaultDependencies(),
  stepFunctions: new SFNClient(),
  wakeAt: scheduledWakeUp(),
};
