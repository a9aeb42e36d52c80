import { validate } from '#shared/tasks/order.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(validate);
