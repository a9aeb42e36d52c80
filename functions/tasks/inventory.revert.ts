import { revert } from '#shared/tasks/inventory.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(revert);
