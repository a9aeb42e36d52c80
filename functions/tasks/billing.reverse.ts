import { reverse } from '#shared/tasks/billing.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(reverse);
