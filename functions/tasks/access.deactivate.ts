import { deactivate } from '#shared/tasks/access.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(deactivate);
