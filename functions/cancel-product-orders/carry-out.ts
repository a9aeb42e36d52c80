import * as z from 'zod';
import { carryOut } from '#shared/cancellation/carry-out.ts';
import { type Dependencies, defaultDependencies } from '#shared/steps/dependencies.ts';
import { readCancellation } from '#shared/store/cancellations.ts';
import { queueHandler } from '../queue.ts';

const messageSchema = z.object({ order: z.string(), cancellation: z.string() });

/** Carries out one request of the queue of cancellations; a message that comes twice changes nothing. */
export const carryOutMessage = (deps: Dependencies) => async (body: unknown) => {
  const { order, cancellation } = messageSchema.parse(body);
  const request = await readCancellation(deps, order, cancellation);
  if (request) await carryOut(deps, request);
};

export const handler = queueHandler(carryOutMessage(defaultDependencies()));
