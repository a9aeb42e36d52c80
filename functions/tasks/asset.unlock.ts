import { unlockAsset } from '#shared/tasks/inventory.ts';
import { undoConnector } from '../undo-handler.ts';

export const handler = undoConnector(unlockAsset);
