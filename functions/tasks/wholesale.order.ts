import { order } from '#shared/tasks/wholesale.ts';
import { connector } from '../connector.ts';

export const handler = connector(order);
