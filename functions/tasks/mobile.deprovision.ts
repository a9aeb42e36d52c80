import { deprovision } from '#shared/tasks/mobile.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deprovision);
