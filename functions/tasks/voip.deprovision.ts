import { deprovision } from '#shared/tasks/voip.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deprovision);
