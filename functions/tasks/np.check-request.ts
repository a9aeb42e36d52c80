import { checkRequest } from '#shared/tasks/porting.ts';
import { connector } from '../connector.ts';

export const handler = connector(checkRequest);
