import { validate } from '#shared/tasks/order.ts';
import { connector } from '../connector.ts';

export const handler = connector(validate);
