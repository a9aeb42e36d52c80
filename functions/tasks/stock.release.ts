import { release } from '#shared/tasks/stock.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(release);
