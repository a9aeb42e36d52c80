import { refund } from '#shared/tasks/payment.ts';
import { connector } from '../task-handler.ts';

export const handler = connector(refund);
