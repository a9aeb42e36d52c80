import { deactivate } from '#shared/tasks/access.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deactivate);
