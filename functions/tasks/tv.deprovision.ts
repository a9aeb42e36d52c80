import { deprovision } from '#shared/tasks/tv.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deprovision);
