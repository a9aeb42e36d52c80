import { request } from '#shared/tasks/returns.ts';
import { connector } from '../connector.ts';

export const handler = connector(request);
