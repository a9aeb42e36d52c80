import { release } from '#shared/tasks/sim.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(release);
