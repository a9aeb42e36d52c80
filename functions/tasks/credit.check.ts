import { checkCredit } from '#shared/tasks/customer.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(checkCredit);
