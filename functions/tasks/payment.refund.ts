import { refund } from '#shared/tasks/payment.ts';
import { connector } from '../connector.ts';

export const handler = connector(refund);
