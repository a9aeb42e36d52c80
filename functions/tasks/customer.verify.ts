import { verify } from '#shared/tasks/customer.ts';
import { connector } from '../connector.ts';

export const handler = connector(verify);
