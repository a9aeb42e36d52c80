import { release } from '#shared/tasks/number.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(release);
