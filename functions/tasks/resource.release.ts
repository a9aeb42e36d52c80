import { release } from '#shared/tasks/resource.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(release);
