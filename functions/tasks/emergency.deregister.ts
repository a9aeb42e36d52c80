import { deregister } from '#shared/tasks/emergency.ts';
import { connector } from '../connector.ts';

export const handler = connector(deregister);
