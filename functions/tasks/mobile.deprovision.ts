import { deprovision } from '#shared/tasks/mobile.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deprovision);
