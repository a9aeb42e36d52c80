import { release } from '#shared/tasks/number.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(release);
