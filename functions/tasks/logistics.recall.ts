import { recall } from '#shared/tasks/logistics.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(recall);
