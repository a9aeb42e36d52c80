import { release } from '#shared/tasks/sim.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(release);
