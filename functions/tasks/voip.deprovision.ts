import { deprovision } from '#shared/tasks/voip.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deprovision);
