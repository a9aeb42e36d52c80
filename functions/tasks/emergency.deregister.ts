import { deregister } from '#shared/tasks/emergency.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(deregister);
