import { assign } from '#shared/tasks/resource.ts';
import { connector } from '../connector.ts';

export const handler = connector(assign);
