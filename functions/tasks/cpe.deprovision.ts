import { deprovision } from '#shared/tasks/cpe.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deprovision);
