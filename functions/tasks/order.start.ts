import { SFNClient } from '@aws-sdk/client-sfn';
import { startAll } from '#shared/steps/start-all.ts';
import { start } from '#shared/tasks/order.ts';
import { milepostTask } from '../task-handler.ts';

const stepFunctions = new SFNClient();

/** Starts every suborder at once, however many there are: steps of one can wait for steps of any other. */
export const handler = milepostTask(start, async ({ event }, deps) => ({
  started: await startAll({ ...deps, stepFunctions }, event.order),
}));
