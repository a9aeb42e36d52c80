import { deprovision } from '#shared/tasks/internet.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deprovision);
