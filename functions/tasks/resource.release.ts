import { release } from '#shared/tasks/resource.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(release);
