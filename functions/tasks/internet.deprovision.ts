import { deprovision } from '#shared/tasks/internet.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deprovision);
