import { recall } from '#shared/tasks/logistics.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(recall);
