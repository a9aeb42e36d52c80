import { release } from '#shared/tasks/stock.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(release);
