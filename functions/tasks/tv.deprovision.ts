import { deprovision } from '#shared/tasks/tv.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deprovision);
