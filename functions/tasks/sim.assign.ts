import { assign } from '#shared/tasks/sim.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(assign);
