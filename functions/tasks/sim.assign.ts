import { assign } from '#shared/tasks/sim.ts';
import { connector } from '../connector.ts';

export const handler = connector(assign);
