import { stop } from '#shared/tasks/billing.ts';
import { connector } from '../connector.ts';

export const handler = connector(stop);
