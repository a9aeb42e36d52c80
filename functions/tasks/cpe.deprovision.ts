import { deprovision } from '#shared/tasks/cpe.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deprovision);
