import { deregister } from '#shared/tasks/emergency.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deregister);
