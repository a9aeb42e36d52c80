import { settle } from '#shared/tasks/order.ts';
import { connector } from '../connector.ts';

export const handler = connector(settle);
