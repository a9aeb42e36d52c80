import { assign } from '#shared/tasks/resource.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(assign);
