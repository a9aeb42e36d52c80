import { defaultDependencies } from '#shared/steps/dependencies.ts';
import { queueHandler } from '../queue.ts';
import { repairMessageSchema } from './message.ts';
import { routeFailure } from './route-failure.ts';

const dependencies = defaultDependencies();

export const handler = queueHandler((body) => routeFailure(dependencies, repairMessageSchema.parse(body)));
